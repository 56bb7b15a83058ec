import { createHash } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { Bus } from '@tumbler/bus';
import type { Told } from '@tumbler/contract-events';
import { users } from '@tumbler/contract-users';
import type { AuthorizationCode } from 'oidc-provider';
import type { Session } from '../../sessions/session.js';
import { Sessions } from '../../sessions/sessions.js';
import { invalidGrant, missingParameter } from '../oauth-error.js';
import { ClientScopes } from '../clients/client-scopes.js';
import { Clients } from '../clients/clients.js';
import { Consents } from '../consents/consents.js';
import { AdapterSessions } from '../logout/adapter-sessions.js';
import { grantedScope } from '../tokens/claims.js';
import { undisguised } from '../provider/offline-scope.js';
import { FirstTokens } from '../tokens/first-tokens.js';
import { RefreshTokens } from '../tokens/refresh-tokens.js';
import { TokenResponses } from '../tokens/token-response.js';
import { tokenSession } from '../tokens/token-session.js';
import type { GrantRequest, TokenResponse } from './grant.js';

/** RFC 6749 §4.1.3 with RFC 7636: a code becomes tokens, once, for the client that it was made for. */
@Injectable()
export class AuthorizationCodeGrant {
  constructor(
    private readonly bus: Bus,
    private readonly sessions: Sessions,
    private readonly refreshTokens: RefreshTokens,
    private readonly firstTokens: FirstTokens,
    private readonly responses: TokenResponses,
    private readonly scopes: ClientScopes,
    private readonly clients: Clients,
    private readonly consents: Consents,
    private readonly adapterSessions: AdapterSessions,
  ) {}

  /** @param code spent by being looked at. */
  async answer(request: GrantRequest, code: AuthorizationCode | undefined): Promise<TokenResponse> {
    const { realm, client, form } = request;
    if (!form.code) throw missingParameter('code');
    if (!code?.sessionUid || !code.accountId) throw invalidGrant('Code not valid');
    if (!code.isValid) {
      // Somebody else had it: what it gave is good no more (RFC 6749 §4.1.2).
      const holder = await this.clients.byClientId(realm, code.clientId!);
      if (holder) {
        await this.refreshTokens.revoke(code.sessionUid, holder);
        await this.sessions.endOffline(realm.id, { within: code.sessionUid, client: holder.id });
      }
      throw invalidGrant('Code already used');
    }
    if (code.clientId !== client.clientId) throw invalidGrant('Auth error');
    if (code.redirectUri !== form.redirect_uri) throw invalidGrant('Incorrect redirect_uri');
    if (!provesKey(code, form.code_verifier)) throw invalidGrant('PKCE verification failed');

    const [session, { user }] = await Promise.all([
      this.sessions.use(realm, code.sessionUid),
      this.bus.call(users.get, { realmId: realm.id, userId: code.accountId }),
    ]);
    if (!session || session.userId !== code.accountId) throw invalidGrant('Session not active');
    if (!user?.enabled) throw invalidGrant('User disabled');
    if (session.authTime.getTime() < user.notBefore * 1000) throw invalidGrant('Session not active');

    const asked = { scope: code.scope, claims: code.claims && JSON.stringify(code.claims) };
    if (client.consentRequired && (await this.consents.missing(client, user.id, asked)).length > 0) {
      // It was given when the code was made, and taken back since.
      throw invalidGrant('Code not valid');
    }
    const scope = grantedScope(client, await this.scopes.ofRealm(realm), undisguised(code.scope));
    const granted = { user, client, scope, acr: code.acr };
    await this.adapterSessions.keep(session, client, form.client_session_state);
    const given = await this.firstTokens.begin(realm, session, granted, codeToToken(request, session));
    const subject = {
      ...{ user, client, scope, session: tokenSession(given.session, code.acr) },
      ...{ asked: askedClaims(code.claims), nonce: code.nonce },
    };
    return this.responses.write(realm, subject, given.refreshToken);
  }
}

function codeToToken({ realm, client, visitor }: GrantRequest, { id, userId }: Session): Told {
  const data = { clientId: client.clientId, userId, sessionId: id, ipAddress: visitor.address };
  const details = { grant_type: 'authorization_code' };
  return { type: 'CODE_TO_TOKEN', realmId: realm.id, subject: userId, data: { ...data, details } };
}

/** RFC 7636 §4.6; a verifier where no challenge was sent is the mark of a downgrade (RFC 9700 §2.1.1). */
function provesKey({ codeChallenge }: AuthorizationCode, verifier: string | undefined): boolean {
  if (codeChallenge === undefined) return verifier === undefined;
  if (verifier === undefined || !/^[A-Za-z0-9._~-]{43,128}$/.test(verifier)) return false;
  return createHash('sha256').update(verifier).digest('base64url') === codeChallenge;
}

/** The names of the claims that were asked for one by one (OpenID Connect Core §5.5). */
const askedClaims = (claims: AuthorizationCode['claims']) => ({
  id_token: Object.keys(claims?.id_token ?? {}),
  userinfo: Object.keys(claims?.userinfo ?? {}),
});
