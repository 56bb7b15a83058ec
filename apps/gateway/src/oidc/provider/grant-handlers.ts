import { Injectable } from '@nestjs/common';
import { validated } from '@tumbler/contract-rpc';
import type { Provider } from 'oidc-provider';
import { Clients } from '../clients/clients.js';
import { AuthorizationCodeGrant } from '../grants/authorization-code.grant.js';
import { DeviceCodeGrant } from '../grants/device-code.grant.js';
import { ClientCredentialsGrant } from '../grants/client-credentials.grant.js';
import type { GrantRequest } from '../grants/grant.js';
import { NodeRegistration } from '../registration/node-registration.js';
import { PasswordGrant } from '../grants/password.grant.js';
import { RefreshTokenGrant } from '../grants/refresh-token.grant.js';
import { OAuthError } from '../oauth-error.js';
import { SignOut } from '../sign-out.js';
import { TokenRequest } from '../token-request.js';
import { DEVICE_GRANT } from './client-metadata.js';
import { exchange } from './exchange.js';
import { inItsWords } from './oauth-provider-error.js';
import { OWN_GRANTS } from './own-grants.js';

/** The grants of the token endpoint. By then the provider has made sure which client asks. */
@Injectable()
export class GrantHandlers {
  constructor(
    private readonly clients: Clients,
    private readonly code: AuthorizationCodeGrant,
    private readonly refreshToken: RefreshTokenGrant,
    private readonly password: PasswordGrant,
    private readonly clientCredentials: ClientCredentialsGrant,
    private readonly deviceCode: DeviceCodeGrant,
    private readonly out: SignOut,
    private readonly nodes: NodeRegistration,
  ) {}

  addTo(provider: Provider): void {
    const grants: Record<string, { answer: (request: GrantRequest) => Promise<object>; takes: string[] }> = {
      authorization_code: {
        takes: ['code', 'redirect_uri', 'code_verifier', 'client_session_state'],
        answer: async (request) =>
          this.code.answer(
            request,
            await provider.AuthorizationCode.find(request.form.code ?? '', { ignoreExpiration: true }),
          ),
      },
      refresh_token: {
        takes: ['refresh_token', 'scope', 'client_session_state'],
        answer: (request) => this.refreshToken.answer(request),
      },
      password: {
        takes: ['username', 'password', 'totp', 'otp', 'scope'],
        answer: (request) => this.password.answer(request),
      },
      client_credentials: { takes: ['scope'], answer: (request) => this.clientCredentials.answer(request) },
      [DEVICE_GRANT]: { takes: ['device_code'], answer: (request) => this.deviceCode.answer(request) },
      [OWN_GRANTS.logout]: {
        takes: ['refresh_token'],
        answer: async ({ realm, client, form, visitor }) => {
          await this.out.byRefreshToken(realm, client, form.refresh_token, visitor);
          return {};
        },
      },
      [OWN_GRANTS['register-node']]: {
        takes: ['client_cluster_host'],
        answer: (request) => this.nodes.register(request),
      },
      [OWN_GRANTS['unregister-node']]: {
        takes: ['client_cluster_host'],
        answer: (request) => this.nodes.unregister(request),
      },
    };
    for (const [name, { answer, takes }] of Object.entries(grants)) {
      provider.registerGrantType(
        name,
        async (ctx) => {
          const { client, params } = ctx.oidc;
          ctx.body = await inItsWords(async () => answer(await this.request(client.clientId, params)));
        },
        takes,
      );
    }
  }

  private async request(clientId: string, params: object): Promise<GrantRequest> {
    const { realm, visitor } = exchange();
    const client = await this.clients.byClientId(realm, clientId);
    if (!client?.enabled)
      throw new OAuthError(401, 'invalid_client', 'Invalid client or Invalid client credentials');
    const form = await validated(TokenRequest, { ...params }, { unknownFields: 'drop' });
    return { realm, client, visitor, form };
  }
}
