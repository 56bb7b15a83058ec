import { Injectable } from '@nestjs/common';
import { Bus } from '@tumbler/bus';
import { Clock } from '@tumbler/clock';
import { users, type LoginUser, type Realm } from '@tumbler/contract-users';
import { Outbox } from '@tumbler/events';
import { mayGoOn, refreshLifespan } from '../../sessions/client-lifespans.js';
import type { Session } from '../../sessions/session.js';
import { Sessions } from '../../sessions/sessions.js';
import type { Client } from '../clients/client-settings.js';
import { Consents } from '../consents/consents.js';
import { AdapterSessions } from '../logout/adapter-sessions.js';
import { invalidGrant, missingParameter, OAuthError } from '../oauth-error.js';
import { notBeforeOf } from '../tokens/not-before.js';
import { isOffline, OFFLINE_ACCESS } from '../tokens/offline.js';
import { RefreshTokens, rotates, type KnownRefreshToken } from '../tokens/refresh-tokens.js';
import { tokenSession } from '../tokens/token-session.js';
import { TokenResponses, type GivenRefreshToken } from '../tokens/token-response.js';
import type { Grant, GrantRequest, TokenResponse } from './grant.js';

/** RFC 6749 §6: goes on with a session that is alive, for a user who may still be signed in. */
@Injectable()
export class RefreshTokenGrant implements Grant {
  constructor(
    private readonly bus: Bus,
    private readonly clock: Clock,
    private readonly sessions: Sessions,
    private readonly refreshTokens: RefreshTokens,
    private readonly responses: TokenResponses,
    private readonly outbox: Outbox,
    private readonly consents: Consents,
    private readonly adapterSessions: AdapterSessions,
  ) {}

  async answer(request: GrantRequest): Promise<TokenResponse> {
    const { realm, client, form } = request;
    if (!form.refresh_token) throw missingParameter('refresh_token');
    const known = await this.refreshTokens.find(realm, form.refresh_token);
    // One application does not use what another one was given (RFC 6749 §6).
    if (!known || known.client !== client.id) throw invalidGrant('Invalid refresh token');
    const session = await this.sessions.use(realm, known.sessionId);
    if (!session || !mayGoOn(realm, client, session, known, this.clock.now())) {
      throw invalidGrant('Session not active');
    }
    const user = await this.userOf(realm, session.userId, session.authTime);
    if (known.createdAt.getTime() < notBeforeOf(realm, client, user) * 1000)
      throw invalidGrant('Stale token');

    if (client.consentRequired && (await this.consents.missing(client, user.id, known)).length > 0) {
      throw new OAuthError(400, 'invalid_scope', 'Client no longer has requested consent from user');
    }
    if (isOffline(known.scope) && !user.roles.includes(OFFLINE_ACCESS)) {
      throw new OAuthError(400, 'not_allowed', 'Offline tokens not allowed for the user or client');
    }
    await this.adapterSessions.keep(session, client, form.client_session_state);
    const refreshToken = await this.renew(request, known, session);
    const scope = narrowed(client, known.scope, form.scope);
    const { acr } = known;
    const subject = { user, client, scope, session: tokenSession(session, acr) };
    return this.responses.write(realm, subject, refreshToken);
  }

  private async userOf(realm: Realm, userId: string, authTime: Date): Promise<LoginUser> {
    const { user } = await this.bus.call(users.get, { realmId: realm.id, userId });
    if (!user) throw invalidGrant('Invalid user');
    if (!user.enabled) throw invalidGrant('User disabled');
    if (authTime.getTime() < user.notBefore * 1000) throw invalidGrant('Session not active');
    return user;
  }

  private async renew(
    { realm, client, visitor, form }: GrantRequest,
    known: KnownRefreshToken,
    session: Session,
  ): Promise<GivenRefreshToken> {
    const { sessionId, scope } = known;
    const { userId } = session;
    const seconds = refreshLifespan(realm, client, session, known.begunAt, this.clock.now());
    const about = { clientId: client.clientId, userId, sessionId, ipAddress: visitor.address };
    const token = form.refresh_token!;
    const renewed = await this.outbox.transaction(async (tx, tell) => {
      const next = rotates(realm, client)
        ? await this.refreshTokens.rotate(tx, realm, token, { ...known, client }, seconds)
        : (await this.refreshTokens.prolong(tx, token, seconds)) && token;
      if (next) {
        await this.sessions.prolong(tx, realm, client, session);
        const data = { ...about, details: { grant_type: 'refresh_token', scope } };
        await tell({ type: 'REFRESH_TOKEN', realmId: realm.id, subject: userId, data });
        return next;
      }
      // Somebody else had it: neither of the two is believed any more.
      await this.sessions.endIn(tx, realm.id, sessionId);
      const data = { ...about, error: 'invalid_token', details: { reason: 'refresh_token_replayed' } };
      await tell({ type: 'REFRESH_TOKEN_ERROR', realmId: realm.id, subject: userId, data });
      return undefined;
    });
    if (!renewed) throw invalidGrant('Maximum allowed refresh token reuse exceeded');
    return { token: renewed, seconds };
  }
}

/**
 * RFC 6749 §6: less of what was granted, where less is asked for. As at the login, scopes that a client always has come
 * always, and what it may not have is passed over (§3.3); the next refresh token stands for all of it again.
 */
function narrowed({ defaultClientScopes }: Client, granted: string, asked = ''): string {
  const wanted = new Set(asked.split(' ').filter(Boolean));
  if (wanted.size === 0) return granted;
  return granted
    .split(' ')
    .filter((name) => wanted.has(name) || defaultClientScopes.includes(name))
    .join(' ');
}
