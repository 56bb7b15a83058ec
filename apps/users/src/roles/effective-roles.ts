/**
 * Common table expressions that unfold roles: `belongs` holds the groups and all groups above them, `effective` the roles
 * given to the holder and to these groups, with everything such a role brings along. They follow (in a `with recursive`) one
 * named `who` that has the id of the holder.
 */
export const EFFECTIVE_ROLES = {
  user: unfolded(
    'select m.group_id from group_member m join who on who.id = m.user_id',
    'select held.role_id from user_role held join who on who.id = held.user_id union',
  ),
  group: unfolded('select who.id from who', ''),
} as const;

function unfolded(groups: string, own: string): string {
  return `
    belongs (id) as (
      ${groups}
      union
      select g.parent_id from belongs join user_group g using (id) where g.parent_id is not null
    ),
    effective (id) as (
      (${own} select held.role_id from group_role held join belongs on belongs.id = held.group_id)
      union
      select whole.part_id from effective join role_composite whole on whole.role_id = effective.id
    )`;
}
