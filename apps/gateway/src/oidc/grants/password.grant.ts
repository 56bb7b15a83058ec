import { Injectable } from '@nestjs/common';
import { Bus } from '@tumbler/bus';
import { flows } from '@tumbler/contract-flows';
import { users } from '@tumbler/contract-users';
import { loginRealm } from '../../realms/login-realm.js';
import { Sessions } from '../../sessions/sessions.js';
import { acrOf, wantedBy } from '../acr.js';
import { flowOverrides } from '../clients/flow-overrides.js';
import { invalidGrant, OAuthError } from '../oauth-error.js';
import { ClientScopes } from '../clients/client-scopes.js';
import { grantedScope } from '../tokens/claims.js';
import { FirstTokens } from '../tokens/first-tokens.js';
import { tokenSession } from '../tokens/token-session.js';
import { TokenResponses } from '../tokens/token-response.js';
import type { Grant, GrantRequest, TokenResponse } from './grant.js';

/** RFC 6749 §4.3: a name, a password and perhaps a code in one request, walked through the realm's direct grant flow. */
@Injectable()
export class PasswordGrant implements Grant {
  constructor(
    private readonly bus: Bus,
    private readonly sessions: Sessions,
    private readonly firstTokens: FirstTokens,
    private readonly responses: TokenResponses,
    private readonly scopes: ClientScopes,
  ) {}

  async answer({ realm, client, visitor, form }: GrantRequest): Promise<TokenResponse> {
    if (!client.directAccessGrantsEnabled) {
      throw new OAuthError(400, 'unauthorized_client', 'Client not allowed for direct access grants');
    }
    // There is no page here to ask on.
    if (client.consentRequired) throw new OAuthError(400, 'invalid_client', 'Client requires user consent');
    const { clientId } = client;
    const wanted = wantedBy(realm, client, { scope: form.scope });
    const granted = await this.bus.call(flows.grant, {
      realm: loginRealm(realm),
      clientId,
      ...flowOverrides(client),
      visitor,
      wanted,
      fields: fieldsOf(form),
    });
    if (granted.kind === 'refused') {
      throw new OAuthError(granted.status, granted.error, granted.description);
    }

    const { sessionId, finished } = granted;
    const [{ user }, session] = await Promise.all([
      this.bus.call(users.get, { realmId: realm.id, userId: finished.userId }),
      this.sessions.openDirect({ id: sessionId, realm, finished, ...visitor }),
    ]);
    if (!user?.enabled) {
      await this.sessions.end(realm.id, sessionId);
      throw invalidGrant('Invalid user credentials', 401);
    }
    const scope = grantedScope(client, await this.scopes.ofRealm(realm), form.scope);
    const acr = acrOf(finished.level ?? 1, realm, client, {});
    const given = await this.firstTokens.begin(realm, session, { user, client, scope, acr });
    const subject = { user, client, scope, session: tokenSession(given.session, acr) };
    return this.responses.write(realm, subject, given.refreshToken);
  }
}

function fieldsOf({ username, password, totp, otp }: GrantRequest['form']): Record<string, string> {
  const code = otp ?? totp;
  return {
    ...(username !== undefined ? { username } : {}),
    ...(password !== undefined ? { password } : {}),
    ...(code !== undefined ? { totp: code } : {}),
  };
}
