import type { RoleView } from '@tumbler/contract-users';
import type { DataSource, EntityManager } from 'typeorm';

interface ReadRole {
  id: string;
  name: string;
  description: string | null;
  attributes: Record<string, string[]>;
  composite: boolean;
  clientId: string | null;
  clientName: string | null;
}

/**
 * Reads roles `r`, those of the realm first, then by name of client and role.
 *
 * @param rest SQL from `where` on; what it compares with stands in `params`.
 * @param before common table expressions that it refers to
 */
export async function readRoles(
  db: DataSource | EntityManager,
  rest: string,
  params: unknown[],
  { first, max }: { first?: number; max?: number } = {},
  before = '',
): Promise<RoleView[]> {
  const rows = await db.query<ReadRole[]>(
    `${before}
     select r.id, r.name, r.description, r.attributes, r.client_id as "clientId", c.name as "clientName",
       exists (select from role_composite whole where whole.role_id = r.id) as composite
     from role r left join client c on c.id = r.client_id
     ${rest}
     order by c.name nulls first, r.name, r.id
     limit $${params.length + 1} offset $${params.length + 2}`,
    [...params, max ?? null, first ?? 0],
  );
  return rows.map(roleView);
}

function roleView({
  id,
  name,
  description,
  attributes,
  composite,
  clientId,
  clientName,
}: ReadRole): RoleView {
  return {
    id,
    name,
    ...(description === null ? {} : { description }),
    composite,
    ...(clientId !== null && clientName !== null ? { client: { id: clientId, name: clientName } } : {}),
    attributes,
  };
}

/** The part of a condition that keeps to the roles of the realm, or to those of one client. */
export const inContainer = (container: string | undefined, $: (value: unknown) => string): string => {
  if (container === undefined) return 'true';
  return container === 'realm' ? 'r.client_id is null' : `r.client_id::text = ${$(container)}`;
};
