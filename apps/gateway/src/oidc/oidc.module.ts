import { Module } from '@nestjs/common';
import { KeysModule } from '../keys.module.js';
import { RealmsModule } from '../realms/realms.module.js';
import { SessionsModule } from '../sessions/sessions.module.js';
import { Clients } from './clients/clients.js';
import { PasswordGrant } from './grants/password.grant.js';
import { RefreshTokenGrant } from './grants/refresh-token.grant.js';
import { SigningKeys } from './keys/signing-keys.js';
import { RealmKeysController } from './realm-keys.controller.js';
import { SignOut } from './sign-out.js';
import { TokenController } from './token.controller.js';
import { AccessTokens } from './tokens/access-tokens.js';
import { RefreshTokens } from './tokens/refresh-tokens.js';
import { TokenResponses } from './tokens/token-response.js';

@Module({
  imports: [KeysModule, RealmsModule, SessionsModule],
  controllers: [TokenController, RealmKeysController],
  providers: [
    Clients,
    SigningKeys,
    AccessTokens,
    RefreshTokens,
    TokenResponses,
    PasswordGrant,
    RefreshTokenGrant,
    SignOut,
  ],
  exports: [AccessTokens, Clients],
})
export class OidcModule {}
