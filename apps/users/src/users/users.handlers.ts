import { randomUUID } from 'node:crypto';
import { Controller } from '@nestjs/common';
import { Answers } from '@tumbler/bus';
import { Clock } from '@tumbler/clock';
import {
  CountUsers,
  CreateUser,
  RemoveUser,
  SearchUsers,
  UpdateUser,
  users,
  ViewUser,
  type CreatedUser,
  type UserView,
} from '@tumbler/contract-users';
import { conflict, invalid } from '@tumbler/errors';
import { Outbox } from '@tumbler/events';
import { DataSource } from 'typeorm';
import { mustHold, powersOf } from '../administrators/powers.js';
import { adminEvent } from '../admin-event.js';
import { explaining } from '../db/broken-constraint.js';
import { shaped } from '../profile/profile-check.js';
import { changeUser } from './change-user.js';
import { emailTaken, refuseNamesakes, usernameTaken } from './namesakes.js';
import { readUsers } from './read-users.js';
import { rulesOfRealm } from './rules-of-realm.js';
import { checkedFields } from './user-fields.js';
import { userNotFound } from './user-not-found.js';
import { usersPage, usersWhere } from './user-search.js';
import { USER_COLUMNS } from './user.view.js';

@Controller()
export class UsersHandlers {
  constructor(
    private readonly db: DataSource,
    private readonly outbox: Outbox,
    private readonly clock: Clock,
  ) {}

  @Answers(users.search)
  async search(asked: SearchUsers): Promise<UserView[]> {
    const { sql, params } = usersPage(asked);
    return readUsers(this.db, asked.realmId, sql, params);
  }

  @Answers(users.count)
  async count(filter: CountUsers): Promise<number> {
    const { sql, params } = usersWhere(filter);
    const [{ n }] = await this.db.query<[{ n: number }]>(
      `select count(*)::int as n from realm_user u where ${sql}`,
      params,
    );
    return n;
  }

  @Answers(users.view)
  async view({ realmId, userId }: ViewUser): Promise<UserView | null> {
    const sql = `select ${USER_COLUMNS} from realm_user u where u.realm_id = $1 and u.id = $2`;
    const [user] = await readUsers(this.db, realmId, sql, [realmId, userId]);
    return user ?? null;
  }

  @Answers(users.create)
  create({
    by,
    realmId,
    userId: id = randomUUID(),
    fields: sent,
    groups = [],
  }: CreateUser): Promise<CreatedUser> {
    const checked = checkedFields(sent);
    return this.outbox.transaction(async (tx, tell) => {
      const { realm, profile, defaultActions, providersOf } = await rulesOfRealm(tx, realmId);
      const { fields } = shaped(profile, checked, { writer: by ? 'admin' : 'user', made: true });
      const email = fields.email || undefined;
      const username = (realm.registrationEmailAsUsername && email) || fields.username;
      if (!username) throw invalid('User name is missing', 'username');
      await refuseNamesakes(tx, realm, id, { username, email });
      if (by && groups.length > 0) await mustHold(tx, by, await powersOf(tx, 'group', groups));

      const actions = new Set([...providersOf(fields.requiredActions ?? []), ...defaultActions]);
      await tx
        .query(
          `with made as (
             insert into realm_user (id, realm_id, emails_unique, username, email, email_verified, first_name,
               last_name, enabled, attributes, required_actions, not_before, created_at)
             values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, to_timestamp($12), $13)
             returning id
           ), joined as (
             insert into group_member (user_id, group_id)
             select made.id, g.id from made, user_group g where g.realm_id = $2 and (g.of_new_users or g.id = any($14::uuid[]))
           )
           insert into user_role (user_id, role_id)
           select made.id, role.id from made, role where role.realm_id = $2 and role.of_new_users`,
          [
            id,
            realmId,
            !realm.duplicateEmailsAllowed,
            username,
            email,
            fields.emailVerified ?? false,
            fields.firstName || null,
            fields.lastName || null,
            fields.enabled ?? true,
            fields.attributes ?? {},
            [...actions],
            fields.notBefore,
            this.clock.now(),
            groups,
          ],
        )
        .catch(
          explaining({
            realm_user_username: usernameTaken,
            realm_user_email: emailTaken,
            realm_user_pkey: () => conflict('User exists with same id', 'userId'),
          }),
        );
      if (by) {
        await tell(
          adminEvent(by, realmId, {
            operationType: 'CREATE',
            resourceType: 'USER',
            resourcePath: `users/${id}`,
            representation: { ...fields, username },
          }),
        );
      }
      return { id };
    });
  }

  @Answers(users.update)
  update({ by, realmId, userId, fields: sent, keepsAttributes }: UpdateUser): Promise<UserView> {
    const fields = checkedFields(sent);
    return this.outbox.transaction(async (tx, tell) => {
      if (by) await mustHold(tx, by, await powersOf(tx, 'user', [userId]));
      const { user, wasEnabled } = await changeUser(tx, {
        realmId,
        userId,
        fields,
        writer: by ? 'admin' : 'user',
        keepsAttributes,
      });
      if (wasEnabled && !user.enabled) {
        await tell({ type: 'user.disabled', realmId, subject: userId, data: { userId } });
      }
      if (by) {
        await tell(
          adminEvent(by, realmId, {
            operationType: 'UPDATE',
            resourceType: 'USER',
            resourcePath: `users/${userId}`,
            representation: fields,
          }),
        );
      }
      return user;
    });
  }

  @Answers(users.remove)
  remove({ by, realmId, userId }: RemoveUser): Promise<Record<string, never>> {
    return this.outbox.transaction(async (tx, tell) => {
      if (by) await mustHold(tx, by, await powersOf(tx, 'user', [userId]));
      const [, removed] = await tx.query<[unknown[], number]>(
        'delete from realm_user where realm_id = $1 and id = $2',
        [realmId, userId],
      );
      if (removed === 0) throw userNotFound();
      await tell({ type: 'user.removed', realmId, subject: userId, data: { userId } });
      if (by) {
        await tell(
          adminEvent(by, realmId, {
            operationType: 'DELETE',
            resourceType: 'USER',
            resourcePath: `users/${userId}`,
          }),
        );
      }
      return {};
    });
  }
}
