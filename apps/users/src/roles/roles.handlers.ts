import { Controller } from '@nestjs/common';
import { Answers } from '@tumbler/bus';
import { GrantRealmRoles, users } from '@tumbler/contract-users';
import { notFound } from '@tumbler/errors';
import { Outbox } from '@tumbler/events';
import { In } from 'typeorm';
import { adminEvent } from '../admin-event.js';
import { explaining } from '../db/broken-constraint.js';
import { searchable } from '../text.js';
import { userNotFound } from '../users/user-not-found.js';
import { UserRow } from '../users/user.entity.js';
import { RoleRow } from './role.entity.js';

const roleNotFound = () => notFound('Could not find role');

@Controller()
export class RolesHandlers {
  constructor(private readonly outbox: Outbox) {}

  @Answers(users.grantRealmRoles)
  grant({ by, realmId, userId, roles: names }: GrantRealmRoles): Promise<Record<string, never>> {
    const asked = [...new Set(names.map(searchable))];
    return this.outbox.transaction(async (tx, tell) => {
      // Both looks name the realm: a role of one realm is never given to a user of another.
      const roles = await tx.findBy(RoleRow, { realmId, name: In(asked) });
      if (roles.length < asked.length) throw roleNotFound();
      if (!(await tx.existsBy(UserRow, { id: userId, realmId }))) throw userNotFound();
      await tx
        .query(
          'insert into user_role (user_id, role_id) select $1, unnest($2::uuid[]) on conflict do nothing',
          [userId, roles.map(({ id }) => id)],
        )
        .catch(explaining({ user_role_user: userNotFound, user_role_role: roleNotFound }));
      if (by) {
        await tell(
          adminEvent(by, realmId, {
            operationType: 'CREATE',
            resourceType: 'REALM_ROLE_MAPPING',
            resourcePath: `users/${userId}/role-mappings/realm`,
            representation: roles.map(({ id, name }) => ({ id, name })),
          }),
        );
      }
      return {};
    });
  }
}
