import { Module } from '@nestjs/common';
import { KeysModule } from '../keys.module.js';
import { RealmsModule } from '../realms/realms.module.js';
import { SessionsModule } from '../sessions/sessions.module.js';
import { AdminActions } from './admin-actions.js';
import { ClientArrivals } from './clients/client-arrivals.js';
import { ClientNodes } from './clients/client-nodes.js';
import { ClientScopes } from './clients/client-scopes.js';
import { Clients } from './clients/clients.js';
import { MappedFacts } from './tokens/mapped-facts.js';
import { Authorizations } from './authorizations.js';
import { AuthorizationCodeGrant } from './grants/authorization-code.grant.js';
import { ClientCredentialsGrant } from './grants/client-credentials.grant.js';
import { PasswordGrant } from './grants/password.grant.js';
import { RefreshTokenGrant } from './grants/refresh-token.grant.js';
import { Consents } from './consents/consents.js';
import { DeviceCodes } from './device/device-codes.js';
import { UserCodeGuesses } from './device/user-code-guesses.js';
import { DeviceCodeGrant } from './grants/device-code.grant.js';
import { SigningKeys } from './keys/signing-keys.js';
import { InitialAccesses } from './registration/initial-accesses.js';
import { NodeRegistration } from './registration/node-registration.js';
import { NodeRegistrationController } from './registration/node-registration.controller.js';
import { RegistrationTokens } from './registration/registration-tokens.js';
import { DiscoveryController } from './discovery.controller.js';
import { ProviderController } from './provider.controller.js';
import { Artifacts } from './provider/artifacts.js';
import { ClientRequests } from './provider/client-requests.js';
import { GrantHandlers } from './provider/grant-handlers.js';
import { Providers } from './provider/providers.js';
import { RealmKeysController } from './realm-keys.controller.js';
import { AdapterSessions } from './logout/adapter-sessions.js';
import { BackchannelLogouts } from './logout/backchannel-logouts.js';
import { LogoutCalls } from './logout/logout-calls.js';
import { RequestedLogouts } from './requested-logouts.js';
import { SignOut } from './sign-out.js';
import { AccessTokens } from './tokens/access-tokens.js';
import { FirstTokens } from './tokens/first-tokens.js';
import { RefreshTokens } from './tokens/refresh-tokens.js';
import { TokenResponses } from './tokens/token-response.js';
import { UserinfoController } from './userinfo.controller.js';

@Module({
  imports: [KeysModule, RealmsModule, SessionsModule],
  controllers: [
    DiscoveryController,
    ProviderController,
    UserinfoController,
    RealmKeysController,
    NodeRegistrationController,
  ],
  providers: [
    Clients,
    ClientArrivals,
    ClientNodes,
    AdminActions,
    InitialAccesses,
    RegistrationTokens,
    NodeRegistration,
    ClientScopes,
    MappedFacts,
    SigningKeys,
    AccessTokens,
    RefreshTokens,
    TokenResponses,
    FirstTokens,
    AuthorizationCodeGrant,
    ClientCredentialsGrant,
    PasswordGrant,
    RefreshTokenGrant,
    SignOut,
    RequestedLogouts,
    BackchannelLogouts,
    AdapterSessions,
    LogoutCalls,
    GrantHandlers,
    DeviceCodeGrant,
    DeviceCodes,
    UserCodeGuesses,
    Consents,
    Artifacts,
    Providers,
    ClientRequests,
    Authorizations,
  ],
  exports: [
    InitialAccesses,
    RegistrationTokens,
    AccessTokens,
    AdminActions,
    Authorizations,
    ClientArrivals,
    ClientNodes,
    Clients,
    ClientScopes,
    MappedFacts,
    Consents,
    DeviceCodes,
    UserCodeGuesses,
    ClientRequests,
    SigningKeys,
    SignOut,
    RequestedLogouts,
  ],
})
export class OidcModule {}
