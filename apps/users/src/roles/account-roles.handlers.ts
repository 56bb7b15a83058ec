import { randomUUID } from 'node:crypto';
import { Controller } from '@nestjs/common';
import { Answers } from '@tumbler/bus';
import {
  ACCOUNT_CLIENT,
  ACCOUNT_ROLES,
  GiveAccountRoles,
  users,
  type AccountRole,
  type GivenAccountRoles,
} from '@tumbler/contract-users';
import { DataSource, type EntityManager } from 'typeorm';

/** The roles by which users see and change what is theirs. The gateway says which client they are of. */
@Controller()
export class AccountRolesHandlers {
  constructor(private readonly db: DataSource) {}

  @Answers(users.giveAccountRoles)
  give({ realmId, clientId }: GiveAccountRoles): Promise<GivenAccountRoles> {
    return this.db.transaction(async (tx) => {
      // Where somebody else has the name, or the realm is gone, nobody is kept from anything else by that.
      await tx.query(
        `insert into client (id, realm_id, name) select $1, id, $3 from realm where id = $2
         on conflict do nothing`,
        [clientId, realmId, ACCOUNT_CLIENT],
      );
      const [, first] = await tx.query<[unknown[], number]>(
        `update client set account_roles_given = true
          where id = $1 and realm_id = $2 and manages is null and not account_roles_given`,
        [clientId, realmId],
      );
      return { given: first > 0 ? await addMissing(tx, realmId, clientId) : [] };
    });
  }
}

/**
 * A role that is there already, as one that moved in is, stays as it is: what it brings along, and whether everybody has it,
 * was decided by whoever made it.
 */
async function addMissing(tx: EntityManager, realmId: string, clientId: string): Promise<AccountRole[]> {
  const made = await tx.query<{ id: string; name: AccountRole }[]>(
    `insert into role (id, realm_id, client_id, name, description, attributes, of_new_users)
     select role.id, $1, $2, role.name, '\${role_' || role.name || '}', '{}', false
       from unnest($3::uuid[], $4::text[]) role (id, name)
     on conflict (realm_id, client_id, name) do nothing
     returning id, name`,
    [realmId, clientId, ACCOUNT_ROLES.map(() => randomUUID()), ACCOUNT_ROLES.map(({ name }) => name)],
  );
  const madeNow = new Map(made.map(({ id, name }) => [name, id]));
  const newOnes = ACCOUNT_ROLES.filter(({ name }) => madeNow.has(name));
  const pairs = newOnes.flatMap(({ name, parts }) => parts.map((part) => ({ name, part })));
  await tx.query(
    `insert into role_composite (role_id, part_id)
     select whole.id, part.id
       from unnest($3::uuid[], $4::text[]) whole (id, part)
       join role part on part.realm_id = $1 and part.client_id = $2 and part.name = whole.part
     union
     select everyones.id, unnest($5::uuid[]) from role everyones where everyones.realm_id = $1 and everyones.of_new_users`,
    [
      realmId,
      clientId,
      pairs.map(({ name }) => madeNow.get(name)),
      pairs.map(({ part }) => part),
      newOnes.filter(({ everyones }) => everyones).map(({ name }) => madeNow.get(name)),
    ],
  );
  return newOnes.map(({ name }) => name);
}
