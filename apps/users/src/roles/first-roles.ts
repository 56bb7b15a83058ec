import { randomUUID } from 'node:crypto';
import { IsNull, type EntityManager } from 'typeorm';
import { MASTER } from '../realms/realm-defaults.js';
import type { RealmRow } from '../realms/realm.entity.js';
import { RoleCompositeRow } from './role-composite.entity.js';
import { RoleRow } from './role.entity.js';

/** Whoever has it in the realm of the administrators administers everything. */
export const ADMIN = 'admin';

interface FirstRole {
  name: string;
  description: string;
  parts?: string[];
  ofNewUsers?: boolean;
}

/** Descriptions are keys of texts, as Keycloak's are. */
const rolesOf = (realm: string): FirstRole[] => [
  { name: 'offline_access', description: '${role_offline-access}' },
  { name: 'uma_authorization', description: '${role_uma_authorization}' },
  {
    name: `default-roles-${realm.toLowerCase()}`,
    description: '${role_default-roles}',
    parts: ['offline_access', 'uma_authorization'],
    ofNewUsers: true,
  },
];

const ROLES_OF_MASTER: FirstRole[] = [
  { name: 'create-realm', description: '${role_create-realm}' },
  { name: ADMIN, description: '${role_admin}', parts: ['create-realm'] },
];

/** The roles that a realm has from its first day, as far as they did not come with it. */
export async function addFirstRoles(
  tx: EntityManager,
  { id: realmId, name }: Pick<RealmRow, 'id' | 'name'>,
): Promise<void> {
  const brought = await tx.find(RoleRow, { where: { realmId, clientId: IsNull() } });
  const isThere = ({ name, ofNewUsers = false }: FirstRole) =>
    brought.some((role) => role.name === name || (ofNewUsers && role.ofNewUsers));
  const all = [...rolesOf(name), ...(name === MASTER ? ROLES_OF_MASTER : [])];
  const roles = all.filter((role) => !isThere(role));
  const ids = new Map([
    ...brought.map((role): [string, string] => [role.name, role.id]),
    ...roles.map((role): [string, string] => [role.name, randomUUID()]),
  ]);
  const idOf = (role: string): string => ids.get(role)!;
  await tx.insert(
    RoleRow,
    roles.map(({ name, description, ofNewUsers = false }) => ({
      id: idOf(name),
      realmId,
      clientId: null,
      name,
      description,
      attributes: {},
      ofNewUsers,
    })),
  );
  await tx.insert(
    RoleCompositeRow,
    roles.flatMap(({ name, parts = [] }) =>
      parts.map((part) => ({ roleId: idOf(name), partId: idOf(part) })),
    ),
  );
}
