import { Injectable } from '@nestjs/common';
import type { Visitor } from '@tumbler/contract-flows';
import type { Realm } from '@tumbler/contract-users';
import { Outbox } from '@tumbler/events';
import { Sessions } from '../sessions/sessions.js';
import type { Client } from './clients/client-settings.js';
import { invalidGrant, OAuthError } from './oauth-error.js';
import { RefreshTokens } from './tokens/refresh-tokens.js';

/** Ends sessions for applications that have no browser at hand. */
@Injectable()
export class SignOut {
  constructor(
    private readonly sessions: Sessions,
    private readonly refreshTokens: RefreshTokens,
    private readonly outbox: Outbox,
  ) {}

  /** Safe to repeat. Throws `OAuthError` for a token that was never this application's. */
  async byRefreshToken(
    realm: Realm,
    client: Pick<Client, 'id'>,
    token: string | undefined,
    { address }: Visitor,
  ): Promise<void> {
    if (!token) throw new OAuthError(400, 'invalid_request', 'No refresh token');
    const known = await this.refreshTokens.find(realm, token);
    if (!known || known.client !== client.id) throw invalidGrant('Invalid refresh token');
    await this.bySession(realm, known.sessionId, address);
  }

  /** Safe to repeat. */
  async bySession(realm: Realm, sessionId: string, address: string | undefined): Promise<void> {
    const session = await this.sessions.byId(realm, sessionId);
    if (!session) return;
    const { clientId, userId } = session;
    const data = { clientId, userId, sessionId, ipAddress: address };
    await this.outbox.transaction(async (tx, tell) => {
      const ended = await this.sessions.endIn(tx, realm.id, sessionId);
      if (ended) await tell({ type: 'LOGOUT', realmId: realm.id, subject: session.userId, data });
    });
  }
}
