import { Injectable } from '@nestjs/common';
import { Bus } from '@tumbler/bus';
import { users } from '@tumbler/contract-users';
import { Outbox } from '@tumbler/events';
import { accessLifespan } from '../../sessions/client-lifespans.js';
import { OAuthError } from '../oauth-error.js';
import { AccessTokens } from '../tokens/access-tokens.js';
import { ClientScopes } from '../clients/client-scopes.js';
import { grantedScope } from '../tokens/claims.js';
import { OFFLINE_ACCESS } from '../tokens/offline.js';
import { notBeforeOf } from '../tokens/not-before.js';
import type { GrantRequest } from './grant.js';

/** RFC 6749 §4.4: a client acts for itself, as the user that it was given. There is no session and nothing to refresh. */
@Injectable()
export class ClientCredentialsGrant {
  constructor(
    private readonly bus: Bus,
    private readonly tokens: AccessTokens,
    private readonly outbox: Outbox,
    private readonly scopes: ClientScopes,
  ) {}

  async answer({ realm, client, visitor, form }: GrantRequest): Promise<object> {
    const { clientId, serviceAccountId: userId } = client;
    // A client without a secret is anybody.
    if (!client.serviceAccountsEnabled || client.publicClient || !userId) {
      throw new OAuthError(400, 'unauthorized_client', 'Client not enabled to retrieve service account');
    }
    const { user } = await this.bus.call(users.get, { realmId: realm.id, userId });
    if (!user?.enabled) throw new OAuthError(400, 'unauthorized_client', 'User disabled');
    const scope = grantedScope(
      client,
      await this.scopes.ofRealm(realm),
      (form.scope ?? '')
        .split(' ')
        .filter((each) => each !== 'openid' && each !== OFFLINE_ACCESS)
        .join(' '),
    );
    const seconds = accessLifespan(realm, client);
    const accessToken = await this.tokens.signAccessToken(realm, { user, client, scope }, seconds);
    await this.outbox.tell({
      type: 'CLIENT_LOGIN',
      realmId: realm.id,
      subject: userId,
      data: { clientId, userId, ipAddress: visitor.address, details: { grant_type: 'client_credentials' } },
    });
    return {
      access_token: accessToken,
      expires_in: seconds,
      refresh_expires_in: 0,
      token_type: 'Bearer',
      'not-before-policy': notBeforeOf(realm, client, user),
      scope,
    };
  }
}
