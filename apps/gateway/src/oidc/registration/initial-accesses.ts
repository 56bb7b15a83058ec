import { randomUUID } from 'node:crypto';
import { Injectable, type OnApplicationBootstrap } from '@nestjs/common';
import { Clock } from '@tumbler/clock';
import type { CloudEvent, Operation } from '@tumbler/contract-events';
import type { Actor } from '@tumbler/contract-rpc';
import type { Realm } from '@tumbler/contract-users';
import { Outbox } from '@tumbler/events';
import { Subscriptions } from '@tumbler/service';
import { DataSource, type EntityManager } from 'typeorm';
import { adminEvent } from '../../admin-event.js';
import { hashOf, newBearerSecret } from './bearer-secret.js';

export interface InitialAccess {
  id: string;
  count: number;
  remaining: number;
  createdAt: Date;
  expiresAt: Date | null;
}

type InRealm = Pick<Realm, 'id'>;

const COLUMNS = 'id, count, remaining, created_at as "createdAt", expires_at as "expiresAt"';
/** Nothing is left of one that is used up or over. */
const IS_GOOD = 'remaining > 0 and (expires_at is null or expires_at > $2)';

/** The tokens that administrators give to who may register applications (RFC 7591 §3, `initial access token`). */
@Injectable()
export class InitialAccesses implements OnApplicationBootstrap {
  constructor(
    private readonly db: DataSource,
    private readonly outbox: Outbox,
    private readonly clock: Clock,
    private readonly subscriptions: Subscriptions,
  ) {}

  onApplicationBootstrap(): void {
    this.subscriptions.on('gateway-initial-access', 'realm.*', (events) => this.realmsWent(events));
  }

  /** A realm may come back under its old id: what it gives then is not for an old event to take away. */
  async realmsWent(events: CloudEvent[]): Promise<void> {
    for (const { type, realmid, time } of events) {
      if (type !== 'realm.removed') continue;
      await this.db.query('delete from initial_access where realm_id = $1 and created_at <= $2', [
        realmid,
        time,
      ]);
    }
  }

  async list({ id }: InRealm): Promise<InitialAccess[]> {
    return this.db.query(
      `select ${COLUMNS} from initial_access where realm_id = $1 and ${IS_GOOD} order by created_at, id`,
      [id, this.clock.now()],
    );
  }

  /** The token is told here and never again. @param seconds from now; 0 for ever. */
  async create(
    { id: realmId }: InRealm,
    by: Actor,
    { count, seconds }: { count: number; seconds: number },
  ): Promise<InitialAccess & { token: string }> {
    const token = newBearerSecret();
    const createdAt = this.clock.now();
    const expiresAt = seconds > 0 ? new Date(createdAt.getTime() + seconds * 1000) : null;
    const made = { id: randomUUID(), count, remaining: count, createdAt, expiresAt };
    await this.outbox.transaction(async (tx, tell) => {
      await tx.query(`delete from initial_access where realm_id = $1 and not (${IS_GOOD})`, [
        realmId,
        createdAt,
      ]);
      await tx.query(
        `insert into initial_access (id, realm_id, token, count, remaining, created_at, expires_at)
         values ($1, $2, $3, $4, $4, $5, $6)`,
        [made.id, realmId, hashOf(token), count, createdAt, expiresAt],
      );
      await tell(told(by, realmId, 'CREATE', made.id));
    });
    return { ...made, token };
  }

  /** What is not there is gone already. */
  async remove({ id: realmId }: InRealm, by: Actor, id: string): Promise<void> {
    await this.outbox.transaction(async (tx, tell) => {
      const [, count]: [unknown, number] = await tx.query(
        'delete from initial_access where realm_id = $1 and id = $2',
        [realmId, id],
      );
      if (count > 0) await tell(told(by, realmId, 'DELETE', id));
    });
  }

  /** Which one a token is of that is good now: a look before anything else is done. */
  async find({ id }: InRealm, token: string): Promise<string | undefined> {
    const [row]: { id: string }[] = await this.db.query(
      `select id from initial_access where realm_id = $1 and ${IS_GOOD} and token = $3`,
      [id, this.clock.now(), hashOf(token)],
    );
    return row?.id;
  }

  /** Takes one of its registrations, in the transaction of what is registered; false where none is left. */
  async spend(tx: EntityManager, { id: realmId }: InRealm, id: string): Promise<boolean> {
    const [, count]: [unknown, number] = await tx.query(
      `update initial_access set remaining = remaining - 1 where realm_id = $1 and ${IS_GOOD} and id = $3`,
      [realmId, this.clock.now(), id],
    );
    return count > 0;
  }
}

const told = (by: Actor, realmId: string, operationType: Operation, id: string) =>
  adminEvent(by, realmId, {
    ...{ operationType, resourceType: 'CLIENT_INITIAL_ACCESS_MODEL' },
    resourcePath: `clients-initial-access/${id}`,
  });
