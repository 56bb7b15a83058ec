import type { GroupView } from '@tumbler/contract-users';
import type { DataSource, EntityManager } from 'typeorm';

interface ReadGroup {
  id: string;
  name: string;
  description: string | null;
  parentId: string | null;
  attributes: Record<string, string[]>;
  subGroupCount: number;
}

/** The groups with these ids, in this order; one that is gone is left out. */
export async function groupViews(db: DataSource | EntityManager, ids: string[]): Promise<GroupView[]> {
  const known = await withThoseAbove(db, ids);
  return ids.flatMap((id) => known.get(id) ?? []);
}

/** The top groups over these, with what leads down to them inside. */
export async function hierarchies(db: DataSource | EntityManager, ids: string[]): Promise<GroupView[]> {
  const known = await withThoseAbove(db, ids);
  const views = [...known.values()];
  for (const view of views) if (view.parentId) known.get(view.parentId)?.subGroups.push(view);
  return views.filter(({ parentId }) => !parentId);
}

/** By name. */
async function withThoseAbove(
  db: DataSource | EntityManager,
  ids: string[],
): Promise<Map<string, GroupView>> {
  if (ids.length === 0) return new Map();
  const rows = await db.query<ReadGroup[]>(
    `with recursive above (id) as (
       select unnest($1::uuid[])
       union
       select g.parent_id from above join user_group g using (id) where g.parent_id is not null
     )
     select g.id, g.name, g.description, g.parent_id as "parentId", g.attributes,
       (select count(*)::int from user_group below where below.parent_id = g.id) as "subGroupCount"
     from above join user_group g using (id) order by g.name, g.id`,
    [ids],
  );
  const byId = new Map(rows.map((row) => [row.id, row]));
  return new Map(rows.map((row) => [row.id, groupView(row, byId)]));
}

function groupView(
  { id, name, description, parentId, attributes, subGroupCount }: ReadGroup,
  known: Map<string, ReadGroup>,
): GroupView {
  let path = '';
  for (let group = known.get(id); group; group = known.get(group.parentId ?? ''))
    path = `/${group.name}${path}`;
  return {
    id,
    name,
    ...(description === null ? {} : { description }),
    path,
    ...(parentId === null ? {} : { parentId }),
    subGroupCount,
    attributes,
    subGroups: [],
  };
}
