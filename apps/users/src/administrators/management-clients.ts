import { randomUUID } from 'node:crypto';
import { isSystem, type Actor } from '@tumbler/contract-rpc';
import { ADMIN_RIGHTS, type AdminRight } from '@tumbler/contract-users';
import type { EntityManager } from 'typeorm';
import { explaining } from '../db/broken-constraint.js';
import { MASTER } from '../realms/realm-defaults.js';
import type { RealmRow } from '../realms/realm.entity.js';
import { ClientRow } from '../roles/client.entity.js';
import { clientTaken } from '../roles/clients.js';
import { RoleCompositeRow } from '../roles/role-composite.entity.js';
import { RoleRow } from '../roles/role.entity.js';
import { isEverywhere, powersOf } from './powers.js';

const REALM_ADMIN = 'realm-admin';

/** Roles that are shown as made of others, as in Keycloak. What a right allows besides is said in `powers.ts`. */
const PARTS: Record<string, readonly AdminRight[]> = {
  [REALM_ADMIN]: ADMIN_RIGHTS,
  'view-users': ['query-users', 'query-groups'],
  'view-clients': ['query-clients'],
};

type ManagedRealm = Pick<RealmRow, 'id' | 'name'>;

/** Ids that a realm which moves in had before: of the client whose roles let its own people administer it, and of these by name. */
export interface KeptIds {
  client: string;
  roles: ReadonlyMap<string, string>;
}

export const OWN_MANAGEMENT = 'realm-management';

/**
 * Gives a realm the client whose roles let its own people administer it, and master the one whose roles let people of
 * master do so. Whoever makes a realm administers it.
 */
export async function addManagementClients(
  tx: EntityManager,
  realm: ManagedRealm,
  by: Actor,
  kept?: KeptIds,
): Promise<void> {
  const isMaster = realm.name === MASTER;
  const name = isMaster ? nameInMaster(realm.name) : OWN_MANAGEMENT;
  await addClient(tx, realm, { id: kept?.client ?? randomUUID(), realmId: realm.id, name }, kept?.roles);
  const [master] = await tx.query<{ id: string }[]>('select id from realm where name = $1', [MASTER]);
  if (isMaster || !master) return;
  const id = randomUUID();
  await addClient(tx, realm, { id, realmId: master.id, name: nameInMaster(realm.name) });
  if (isSystem(by) || by.realmId !== master.id) return;
  if (isEverywhere(await powersOf(tx, 'user', [by.userId]))) return;
  await tx.query(
    `insert into user_role (user_id, role_id)
     select u.id, role.id from realm_user u, role where u.id = $1 and u.realm_id = $2 and role.client_id = $3`,
    [by.userId, master.id, id],
  );
}

/** The client in master follows the name of its realm. */
export async function renameManagementClient(tx: EntityManager, { id, name }: ManagedRealm): Promise<void> {
  await tx
    .query('update client set name = $2 where manages = $1 and realm_id <> $1', [id, nameInMaster(name)])
    .catch(explaining({ client_name: clientTaken(nameInMaster(name)) }));
}

const nameInMaster = (realm: string): string => `${realm}-realm`;

async function addClient(
  tx: EntityManager,
  { id: manages }: ManagedRealm,
  client: Pick<ClientRow, 'id' | 'realmId' | 'name'>,
  kept?: KeptIds['roles'],
): Promise<void> {
  await tx
    .insert(ClientRow, { ...client, manages })
    .catch(explaining({ client_name: clientTaken(client.name) }));
  const ofItself = client.realmId === manages && client.name !== nameInMaster(MASTER);
  const names = [...ADMIN_RIGHTS, ...(ofItself ? [REALM_ADMIN] : [])];
  const ids = new Map<string, string>(names.map((name) => [name, kept?.get(name) ?? randomUUID()]));
  await tx.insert(
    RoleRow,
    names.map((name) => ({
      id: ids.get(name)!,
      realmId: client.realmId,
      clientId: client.id,
      name,
      description: `\${role_${name}}`,
      attributes: {},
      ofNewUsers: false,
    })),
  );
  await tx.insert(
    RoleCompositeRow,
    names.flatMap((name) =>
      (PARTS[name] ?? []).map((part) => ({ roleId: ids.get(name)!, partId: ids.get(part)! })),
    ),
  );
}
