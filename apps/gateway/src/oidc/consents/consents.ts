import { Injectable, type OnApplicationBootstrap } from '@nestjs/common';
import { Clock } from '@tumbler/clock';
import type { CloudEvent, Told } from '@tumbler/contract-events';
import type { Realm } from '@tumbler/contract-users';
import { Outbox } from '@tumbler/events';
import { Subscriptions } from '@tumbler/service';
import { DataSource } from 'typeorm';
import { Sessions } from '../../sessions/sessions.js';
import type { Client } from '../clients/client-settings.js';
import { RefreshTokens } from '../tokens/refresh-tokens.js';
import { scopesToConsent, type AskedOfUser } from './consent-scopes.js';

export interface Consent {
  clientId: string;
  clientName: string | null;
  scopes: string[];
  createdAt: Date;
  updatedAt: Date;
}

/** What users let applications know and do, as long as they do not take it back. */
@Injectable()
export class Consents implements OnApplicationBootstrap {
  constructor(
    private readonly db: DataSource,
    private readonly clock: Clock,
    private readonly outbox: Outbox,
    private readonly sessions: Sessions,
    private readonly refreshTokens: RefreshTokens,
    private readonly subscriptions: Subscriptions,
  ) {}

  onApplicationBootstrap(): void {
    this.subscriptions.on('gateway-consents-of-users', 'user.*', (events) => this.forget(events));
    this.subscriptions.on('gateway-consents-of-realms', 'realm.*', (events) => this.forget(events));
  }

  async forget(events: CloudEvent[]): Promise<void> {
    for (const { type, realmid, data, time } of events) {
      if (type === 'realm.removed')
        await this.db.query('delete from consent where realm_id = $1 and created_at <= $2', [realmid, time]);
      if (type === 'user.removed' && 'userId' in data)
        await this.db.query('delete from consent where user_id = $1', [data.userId]);
    }
  }

  /** The scopes of a request that the user has not consented to yet. */
  async missing(client: Client, userId: string, asked: AskedOfUser): Promise<string[]> {
    const [found]: { scopes: string[] }[] = await this.db.query(
      'select scopes from consent where user_id = $1 and client = $2',
      [userId, client.id],
    );
    const given = new Set(found?.scopes);
    return scopesToConsent(client, asked).filter((scope) => !given.has(scope));
  }

  /** Adds to what the user consented to before. Asked again, it changes nothing. */
  async grant(client: Client, userId: string, scopes: string[], heard: Heard): Promise<void> {
    await this.outbox.transaction(async (tx, tell) => {
      const [row]: { first: boolean }[] = await tx.query(
        `insert into consent as c (user_id, client, realm_id, scopes, created_at, updated_at) values ($1, $2, $3, $4, $5, $5)
         on conflict (user_id, client) do update set updated_at = excluded.updated_at,
           scopes = array(select distinct unnest(c.scopes || excluded.scopes) order by 1)
         returning xmax = 0 as first`,
        [userId, client.id, client.realmId, [...scopes].sort(), this.clock.now()],
      );
      await tell({
        type: row?.first ? 'GRANT_CONSENT' : 'UPDATE_CONSENT',
        realmId: client.realmId,
        subject: userId,
        data: {
          ...{ clientId: client.clientId, userId, ...heard },
          details: { consent: 'consent_granted', scope: scopes.join(' ') },
        },
      });
    });
  }

  /** What a user has consented to, by the name of the application. */
  list({ id }: Pick<Realm, 'id'>, userId: string): Promise<Consent[]> {
    return this.db.query(
      `select k.client_id as "clientId", k.settings->>'name' as "clientName", c.scopes, c.created_at as "createdAt",
              c.updated_at as "updatedAt"
         from consent c join client k on k.id = c.client and k.realm_id = $1
        where c.user_id = $2 order by k.client_id`,
      [id, userId],
    );
  }

  /**
   * Takes back the consent, and with it everything that the application holds of the user: its tokens, its part in their
   * sessions, and what lets it go on when the user is gone. Answers whether there was anything.
   */
  async revoke(realm: Pick<Realm, 'id'>, client: Client, userId: string, told: Told): Promise<boolean> {
    return this.outbox.transaction(async (tx, tell) => {
      const [, consents]: [unknown, number] = await tx.query(
        'delete from consent where user_id = $1 and client = $2',
        [userId, client.id],
      );
      const offline = await this.sessions.endOffline(realm.id, { userId, client: client.id }, tx);
      if (consents + offline === 0) return false;
      await this.sessions.leave(tx, realm.id, userId, client.id);
      await this.refreshTokens.revokeOfUser(tx, realm, userId, client);
      await tell(told);
      return true;
    });
  }
}

interface Heard {
  sessionId?: string;
  ipAddress?: string;
}
