import 'reflect-metadata';
import { LocalBus } from '@tumbler/bus';
import { StoppedClock } from '@tumbler/clock';
import type { CloudEvent, EventType } from '@tumbler/contract-events';
import { SYSTEM } from '@tumbler/contract-rpc';
import { users, type Realm, type RealmSettings, type UserFields } from '@tumbler/contract-users';
import { openDatabase } from '@tumbler/database';
import { Outbox } from '@tumbler/events';
import { Keyring } from '@tumbler/sealing';
import { freshDatabase } from '@tumbler/test-bed';
import pg from 'pg';
import type { DataSource } from 'typeorm';
import { vi } from 'vitest';
import { AdministratorsHandlers } from '../administrators/administrators.handlers.js';
import { ActionsHandlers } from '../actions/actions.handlers.js';
import { ArrivalsHandlers } from '../arrivals/arrivals.handlers.js';
import { entities } from '../db/entities.js';
import { migrations } from '../db/migrations.js';
import { GroupMembersHandlers } from '../groups/group-members.handlers.js';
import { GroupsHandlers } from '../groups/groups.handlers.js';
import { HealthHandlers } from '../health.handlers.js';
import { MailPasswords } from '../realms/mail-passwords.js';
import { DEFAULT_PROFILE } from '../profile/default-profile.js';
import { ProfileHandlers } from '../profile/profile.handlers.js';
import { RealmsHandlers } from '../realms/realms.handlers.js';
import { AccountRolesHandlers } from '../roles/account-roles.handlers.js';
import { RoleHoldersHandlers } from '../roles/role-holders.handlers.js';
import { RoleMappingsHandlers } from '../roles/role-mappings.handlers.js';
import { RolePartsHandlers } from '../roles/role-parts.handlers.js';
import { RolesHandlers } from '../roles/roles.handlers.js';
import { LoginsHandlers } from '../users/logins.handlers.js';
import { UserFinder } from '../users/user-finder.js';
import { UsersHandlers } from '../users/users.handlers.js';

export const TEST_KEYS = `test:${Buffer.alloc(32, 7).toString('base64')}`;

/** The administrator of all tests, who may do everything. */
export const by = {
  realmId: '00000000-0000-4000-8000-000000000001',
  clientId: 'admin-cli',
  userId: SYSTEM.userId,
  ipAddress: '192.0.2.7',
};

/** The service on a database of its own, with no NATS between. */
export class TestUsers {
  private constructor(
    readonly db: DataSource,
    readonly bus: LocalBus,
    readonly clock: StoppedClock,
    readonly close: () => Promise<void>,
  ) {}

  /** @param prepare changes the empty database, and the address that the service gets, before it starts. */
  static async start(prepare = async (url: string): Promise<string> => url): Promise<TestUsers> {
    const database = await freshDatabase();
    const db = await openDatabase({ url: await prepare(database.url), entities, migrations });
    const clock = new StoppedClock(new Date('2026-03-04T05:06:07Z'));
    const outbox = new Outbox('users', db, clock);
    const mailPasswords = new MailPasswords(Keyring.fromText(TEST_KEYS));
    const bus = new LocalBus()
      .plug(new HealthHandlers(db))
      .plug(new LoginsHandlers(db, new UserFinder(db)))
      .plug(new AdministratorsHandlers(db))
      .plug(new RealmsHandlers(db, outbox, clock, mailPasswords))
      .plug(new UsersHandlers(db, outbox, clock))
      .plug(new RolesHandlers(db, outbox))
      .plug(new AccountRolesHandlers(db))
      .plug(new RolePartsHandlers(db, outbox))
      .plug(new RoleHoldersHandlers(db))
      .plug(new RoleMappingsHandlers(db, outbox))
      .plug(new GroupsHandlers(db, outbox))
      .plug(new GroupMembersHandlers(db, outbox))
      .plug(new ProfileHandlers(db, outbox))
      .plug(new ActionsHandlers(db, outbox))
      .plug(new ArrivalsHandlers(db, outbox, clock, mailPasswords));
    return new TestUsers(db, bus, clock, async () => {
      await db.destroy();
      await database.drop();
    });
  }

  private realms = 0;

  realm(settings: RealmSettings = {}, name = `realm-${++this.realms}`): Promise<Realm> {
    return this.bus.call(users.createRealm, { by, name, settings });
  }

  /** A realm in which administrators may write attributes of any name. */
  async openRealm(settings: RealmSettings = {}): Promise<Realm> {
    const realm = await this.realm(settings);
    const profile = { ...DEFAULT_PROFILE, unmanagedAttributePolicy: 'ENABLED' };
    await this.db.query('update realm set profile = $2 where id = $1', [realm.id, profile]);
    return realm;
  }

  /** Answers the new user's id. */
  async user(realm: Realm, fields: UserFields): Promise<string> {
    return (await this.bus.call(users.create, { by, realmId: realm.id, fields })).id;
  }

  /** What was told of a realm, oldest first; of one type where one is named. */
  async told(realmId: string, type?: EventType): Promise<CloudEvent[]> {
    const rows = await this.db.query<{ event: CloudEvent }[]>(
      `select event from outbox where event->>'realmid' = $1 and event->>'type' = coalesce($2, event->>'type')
        order by seq`,
      [realmId, type],
    );
    return rows.map(({ event }) => event);
  }

  /** How many statements Postgres is asked while `work` runs. */
  async statements(work: () => Promise<unknown>): Promise<number> {
    const query = vi.spyOn(pg.Client.prototype, 'query');
    try {
      await work();
      return query.mock.calls.length;
    } finally {
      query.mockRestore();
    }
  }
}
