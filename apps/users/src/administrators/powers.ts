import { isSystem, type Actor } from '@tumbler/contract-rpc';
import { ADMIN_RIGHTS, type AdminRight } from '@tumbler/contract-users';
import { AppError } from '@tumbler/errors';
import type { DataSource, EntityManager } from 'typeorm';
import { MASTER } from '../realms/realm-defaults.js';
import { EFFECTIVE_ROLES, HELD_ROLES } from '../roles/effective-roles.js';
import { ADMIN } from '../roles/first-roles.js';

export const CREATE_REALM = 'create-realm';

/** Something that a role lets administer: one realm, or (without one) all of Tumbler. */
export interface Power {
  right: string;
  realmId: string | null;
  realm: string | null;
}

/** What each of the roles whose ids are in `effective` lets administer. */
export const POWERS = `
  select role.name as "right", managed.id as "realmId", managed.name as realm
    from (${HELD_ROLES}) role
    join realm home on home.id = role.realm_id
    left join client on client.id = role.client_id
    left join realm managed on managed.id = client.manages
   where client.manages is not null
      or (role.client_id is null and home.name = '${MASTER}' and role.name in ('${ADMIN}', '${CREATE_REALM}'))`;

/** What users have, what groups give to those who are in them, or what roles bring along. */
export function powersOf(
  db: DataSource | EntityManager,
  kind: keyof typeof EFFECTIVE_ROLES,
  ids: string[],
): Promise<Power[]> {
  return db.query<Power[]>(
    `with recursive who as (select unnest($1::uuid[]) as id), ${EFFECTIVE_ROLES[kind]} ${POWERS}`,
    [ids],
  );
}

/** Whoever may do the one may do the others. */
const BRINGS: Partial<Record<AdminRight, AdminRight[]>> = {
  'manage-users': ['view-users'],
  'view-users': ['query-users', 'query-groups'],
  'manage-clients': ['view-clients', 'create-client'],
  'view-clients': ['query-clients'],
  'manage-realm': ['view-realm'],
  'view-realm': ['query-realms'],
  'manage-events': ['view-events'],
  'manage-identity-providers': ['view-identity-providers'],
  'manage-authorization': ['view-authorization'],
};

const RIGHTS = new Set<string>(ADMIN_RIGHTS);

/** By the name of the realm, with what the rights bring along; roles that allow nothing are left out. */
export function rightsOf(powers: Power[]): Map<string, Set<AdminRight>> {
  const byRealm = new Map<string, Set<AdminRight>>();
  const add = (rights: Set<AdminRight>, right: AdminRight): void => {
    if (rights.has(right)) return;
    rights.add(right);
    BRINGS[right]?.forEach((each) => add(rights, each));
  };
  for (const { realm, right } of powers) {
    if (realm === null || !RIGHTS.has(right)) continue;
    const rights = byRealm.get(realm) ?? new Set();
    byRealm.set(realm, rights);
    add(rights, right as AdminRight);
  }
  return byRealm;
}

export const isEverywhere = (powers: Power[]): boolean =>
  powers.some(({ realm, right }) => realm === null && right === ADMIN);

export const createsRealms = (powers: Power[]): boolean =>
  isEverywhere(powers) || powers.some(({ realm, right }) => realm === null && right === CREATE_REALM);

/** Whether whoever has the one set lacks nothing of the other. */
export function covers(held: Power[], wanted: Power[]): boolean {
  if (isEverywhere(held)) return true;
  if (isEverywhere(wanted) || (createsRealms(wanted) && !createsRealms(held))) return false;
  const rights = rightsOf(held);
  return [...rightsOf(wanted)].every(([realm, some]) =>
    [...some].every((right) => rights.get(realm)?.has(right)),
  );
}

/**
 * Nobody raises rights, their own or another's, above those that they have: whoever gives or takes something that lets
 * administer must have all of it. Asked in the transaction of the change.
 */
export async function mustHold(tx: EntityManager, by: Actor, wanted: Power[]): Promise<void> {
  if (wanted.length === 0 || isSystem(by)) return;
  if (!covers(await powersOf(tx, 'user', [by.userId]), wanted)) throw new AppError('forbidden');
}
