import { Injectable } from '@nestjs/common';
import { Clock } from '@tumbler/clock';
import type { Told } from '@tumbler/contract-events';
import type { LoginUser, Realm } from '@tumbler/contract-users';
import { refreshLifespan } from '../../sessions/client-lifespans.js';
import type { Session } from '../../sessions/session.js';
import { Sessions } from '../../sessions/sessions.js';
import { invalidGrant, OAuthError } from '../oauth-error.js';
import type { Client } from '../clients/client-settings.js';
import { isOffline, OFFLINE_ACCESS } from './offline.js';
import { RefreshTokens } from './refresh-tokens.js';
import type { GivenRefreshToken } from './token-response.js';

/** What an application is to be given: the user's consent lies behind. */
export interface Granted {
  client: Client;
  user: LoginUser;
  scope: string;
  /** The level of authentication that the tokens are given for. */
  acr: string | undefined;
}

/** Begins what an application has of a user: of their session, or beyond it. */
@Injectable()
export class FirstTokens {
  constructor(
    private readonly clock: Clock,
    private readonly sessions: Sessions,
    private readonly refreshTokens: RefreshTokens,
  ) {}

  /**
   * Answers the session that the tokens belong to. Throws `OAuthError` where the user may not be away, and where the session
   * has ended meanwhile.
   * @param told happens with it, or neither does
   */
  async begin(
    realm: Realm,
    within: Session,
    { client, user, scope, acr }: Granted,
    ...told: Told[]
  ): Promise<{ session: Session; refreshToken: GivenRefreshToken }> {
    if (!isOffline(scope)) {
      return {
        session: within,
        refreshToken: await this.give(realm, within, { client, scope, acr }, told),
      };
    }
    if (!user.roles.includes(OFFLINE_ACCESS)) {
      throw new OAuthError(400, 'not_allowed', 'Offline tokens not allowed for the user or client');
    }
    // Nobody holds this one: the application takes part in the session of the browser, too, and is told of its end.
    await this.give(realm, within, { client, scope: withoutOffline(scope), acr });
    const session = await this.sessions.openOffline(realm, within, client);
    if (!session) throw invalidGrant('Client not found');
    return { session, refreshToken: await this.give(realm, session, { client, scope, acr }, told) };
  }

  private async give(
    realm: Realm,
    session: Session,
    { client, scope, acr = null }: { client: Client; scope: string; acr?: string | null },
    told: Told[] = [],
  ) {
    const now = this.clock.now();
    const seconds = refreshLifespan(realm, client, session, now, now);
    const about = { sessionId: session.id, client, scope, acr };
    const token = await this.refreshTokens.give(realm, about, seconds, ...told);
    if (!token) throw invalidGrant('Session not active');
    return { token, seconds };
  }
}

const withoutOffline = (scope: string): string =>
  scope
    .split(' ')
    .filter((name) => name !== OFFLINE_ACCESS)
    .join(' ');
