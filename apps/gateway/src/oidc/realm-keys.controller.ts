import { Controller, Get, Header, Param, UseFilters } from '@nestjs/common';
import type { Realm } from '@tumbler/contract-users';
import type { JWK } from 'jose';
import { GatewayConfig } from '../config.js';
import { Realms } from '../realms/realms.js';
import { publicKeyText } from './keys/public-key-text.js';
import { SigningKeys } from './keys/signing-keys.js';
import { OAuthErrorsFilter } from './oauth-errors.filter.js';
import { issuerOf } from './tokens/claims.js';

/** What anybody may know of a realm: its name and how to verify its tokens. */
@Controller('realms/:realm')
@UseFilters(OAuthErrorsFilter)
export class RealmKeysController {
  constructor(
    private readonly config: GatewayConfig,
    private readonly realms: Realms,
    private readonly keys: SigningKeys,
  ) {}

  @Get()
  @Header('cache-control', 'no-cache')
  async info(@Param('realm') name: string) {
    const realm = await this.realms.enabledByName(name);
    const issuer = issuerOf(this.config.publicUrl, realm);
    return {
      realm: realm.name,
      public_key: await this.publicKeyOf(realm),
      'token-service': `${issuer}/protocol/openid-connect`,
      'account-service': `${issuer}/account`,
      'tokens-not-before': realm.notBefore,
    };
  }

  /** For everybody: scripts of whatever origin verify tokens, too. */
  @Get('protocol/openid-connect/certs')
  @Header('cache-control', 'no-cache')
  @Header('access-control-allow-origin', '*')
  async certs(@Param('realm') name: string): Promise<{ keys: JWK[] }> {
    const realm = await this.realms.enabledByName(name);
    return { keys: await this.keys.published(realm) };
  }

  private async publicKeyOf(realm: Realm): Promise<string> {
    const published = await this.keys.published(realm);
    return publicKeyText(published.find(({ alg }) => alg === realm.defaultSignatureAlgorithm)!);
  }
}
