import { Controller } from '@nestjs/common';
import { Answers } from '@tumbler/bus';
import { Clock } from '@tumbler/clock';
import type { ResourceType, Told } from '@tumbler/contract-events';
import type { Actor } from '@tumbler/contract-rpc';
import {
  AbandonArrival,
  Arrive,
  ArrivingRealm,
  ExamineArrival,
  FindTaken,
  StageArrival,
  users,
  type Abandoned,
  type Arrived,
  type Examined,
  type Taken,
} from '@tumbler/contract-users';
import { searchable } from '@tumbler/database';
import { AppError, conflict } from '@tumbler/errors';
import { Outbox } from '@tumbler/events';
import { DataSource, type EntityManager } from 'typeorm';
import { providerOf } from '../actions/action-providers.js';
import { addManagementClients } from '../administrators/management-clients.js';
import { mustHold } from '../administrators/powers.js';
import { adminEvent } from '../admin-event.js';
import { MailPasswords } from '../realms/mail-passwords.js';
import { makeRealm, newRealm, realmMade } from '../realms/make-realm.js';
import { realmView } from '../realms/realm.view.js';
import { addFirstRoles } from '../roles/first-roles.js';
import { canonical } from '../users/canonical.js';
import { checkedProfile } from '../profile/profile-config.js';
import { examinePart, examineRealm, takeAction } from './examined.js';
import { addGroups, addRoles, addUsers, keptIds, linkRoles, makeRoom, powersAtStake } from './move-in.js';

/** What nobody came back for is swept out after this long: it holds the names of people. */
const FORGOTTEN_MS = 3_600_000;

/**
 * Things that move in together. They come in parts, since a message of the bus is no place for a realm of a thousand
 * users, lie where nobody sees them, and are made in one transaction: of a half there is never anything to be seen.
 */
@Controller()
export class ArrivalsHandlers {
  constructor(
    private readonly db: DataSource,
    private readonly outbox: Outbox,
    private readonly clock: Clock,
    private readonly mailPasswords: MailPasswords,
  ) {}

  @Answers(users.taken)
  async taken({ realmId, usernames = [], emails = [], ids = [] }: FindTaken): Promise<Taken> {
    const names = (list: string[]) => list.map((name) => canonical(searchable(name)));
    const people = realmId
      ? await this.db.query<Taken['users']>(
          `select id, username, email from realm_user
            where realm_id = $1 and (username = any($2::text[]) or email = any($3::text[]))`,
          [realmId, names(usernames), names(emails)],
        )
      : [];
    const tables = ['realm', 'realm_user', 'role', 'user_group'];
    const rows = await this.db.query<{ id: string }[]>(
      tables.map((table) => `select id from ${table} where id = any($1::uuid[])`).join(' union all '),
      [ids],
    );
    return { users: people, ids: rows.map(({ id }) => id) };
  }

  @Answers(users.examineArrival)
  examine({ part, realm }: ExamineArrival): Examined {
    return { findings: [...(realm ? examineRealm(realm) : []), ...examinePart(part).findings] };
  }

  @Answers(users.stageArrival)
  async stage({ arrivalId, nth, part: sent }: StageArrival): Promise<Record<string, never>> {
    const { part, findings } = examinePart(sent);
    const wrong = findings.find(({ kind }) => kind === 'wrong');
    if (wrong) throw new AppError('invalid_request', { message: wrong.message, field: wrong.place });
    const now = this.clock.now();
    if (nth === 0) {
      const before = new Date(now.getTime() - FORGOTTEN_MS);
      await this.db.query('delete from arrival_part where laid_down_at < $1', [before]);
    }
    await this.db.query(
      `insert into arrival_part (arrival_id, nth, content, laid_down_at) values ($1, $2, $3, $4)
       on conflict (arrival_id, nth) do update set content = excluded.content`,
      [arrivalId, nth, JSON.stringify(part), now],
    );
    return {};
  }

  @Answers(users.arrive)
  arrive({ by, arrivalId, parts, realmId, realm: sent }: Arrive): Promise<Arrived> {
    const realm = sent && this.prepare(realmId, sent);
    return this.outbox.transaction(async (tx, tell) => {
      // Whoever abandons it meanwhile waits here, and learns how it ended.
      const laidDown = await tx.query<unknown[]>(
        'select from arrival_part where arrival_id = $1 for update',
        [arrivalId],
      );
      if (laidDown.length !== parts) throw conflict('Not all that is to arrive is there');
      const told: Told[] = [];
      if (realm) {
        await this.moveInto(tx, arrivalId, realm, by);
        told.push(...realmMade(by, realm.row));
      } else {
        for (const userId of await this.joinIn(tx, arrivalId, realmId, by)) {
          told.push({ type: 'user.removed', realmId, subject: userId, data: { userId } });
        }
        told.push(...(await joined(tx, arrivalId, realmId, by)));
      }
      await tx.query('delete from arrival_part where arrival_id = $1', [arrivalId]);
      await tell(...told);
      return realm ? { realm: realmView(realm.row) } : {};
    });
  }

  @Answers(users.abandonArrival)
  async abandon({ arrivalId }: AbandonArrival): Promise<Abandoned> {
    const [, swept] = await this.db.query<[unknown[], number]>(
      'delete from arrival_part where arrival_id = $1',
      [arrivalId],
    );
    return { abandoned: swept > 0 };
  }

  private prepare(id: string, { name, settings, profile, actions = [] }: ArrivingRealm) {
    return {
      row: newRealm({ id, name, settings, createdAt: this.clock.now() }, this.mailPasswords),
      profile: profile && checkedProfile(profile),
      actions: actions.filter(({ providerId }) => providerOf(providerId)).map(takeAction),
    };
  }

  /** The roles first: groups and users have them. Those that every realm has are made where none came. */
  private async moveInto(
    tx: EntityManager,
    arrivalId: string,
    { row, profile, actions }: ReturnType<ArrivalsHandlers['prepare']>,
    by: Actor,
  ): Promise<void> {
    await makeRealm(tx, row, { profile, actions });
    await addManagementClients(tx, row, by, await keptIds(tx, arrivalId));
    await addRoles(tx, arrivalId, row.id);
    await addFirstRoles(tx, row);
    await this.addAll(tx, arrivalId, row.id);
  }

  private async joinIn(tx: EntityManager, arrivalId: string, realmId: string, by: Actor): Promise<string[]> {
    // Until it is over, nobody else makes a user, a role or a group here.
    const [realm] = await tx.query<unknown[]>('select from realm where id = $1 for update', [realmId]);
    if (!realm) throw new AppError('realm_not_found', { message: 'Realm not found.' });
    await mustHold(tx, by, await powersAtStake(tx, arrivalId, 'removed'));
    const gone = await makeRoom(tx, arrivalId, realmId);
    await addRoles(tx, arrivalId, realmId);
    await this.addAll(tx, arrivalId, realmId);
    await mustHold(tx, by, await powersAtStake(tx, arrivalId, 'arriving'));
    return gone;
  }

  private async addAll(tx: EntityManager, arrivalId: string, realmId: string): Promise<void> {
    await linkRoles(tx, arrivalId, realmId);
    await addGroups(tx, arrivalId, realmId);
    await addUsers(tx, arrivalId, realmId, this.clock.now());
  }
}

/** What joined a realm that was there already, each told as an administrator's doing. */
async function joined(tx: EntityManager, arrivalId: string, realmId: string, by: Actor): Promise<Told[]> {
  const rows = await tx.query<{ resource: ResourceType; path: string }[]>(
    `select 'USER' as resource, 'users/' || (a->>'id') as path
       from arrival_part, jsonb_array_elements(content->'users') a where arrival_id = $1
     union all
     select 'GROUP', 'groups/' || (a->>'id')
       from arrival_part, jsonb_array_elements(content->'groups') a where arrival_id = $1
     union all
     select case when a->>'clientId' is null then 'REALM_ROLE' else 'CLIENT_ROLE' end,
       coalesce('clients/' || (a->>'clientId') || '/', '') || 'roles/' || (a->>'name')
       from arrival_part, jsonb_array_elements(content->'roles') a where arrival_id = $1`,
    [arrivalId],
  );
  return rows.map(({ resource, path }) =>
    adminEvent(by, realmId, { operationType: 'CREATE', resourceType: resource, resourcePath: path }),
  );
}
