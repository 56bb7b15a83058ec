/**
 * Common table expressions that unfold roles: `belongs` holds the groups and all groups above them, `effective` the roles
 * given to the holder and to these groups, with everything such a role brings along. They follow (in a `with recursive`) one
 * named `who` that has the id of the holder.
 *
 * Each step begins with an array of what the one before found. Without these the planner multiplies its guesses, from
 * step to step, to millions of rows, and makes room for them at each login: 3 ms instead of 0.2 ms, measured.
 */
export const EFFECTIVE_ROLES = {
  user: unfolded(
    'select unnest(array(select m.group_id from group_member m join who on who.id = m.user_id))',
    'array(select held.role_id from user_role held join who on who.id = held.user_id)',
  ),
  group: unfolded('select who.id from who', "'{}'::uuid[]"),
  /** For `who` that are roles themselves. */
  role: `
    effective (id) as (
      select id from who
      union
      select whole.part_id from effective join role_composite whole on whole.role_id = effective.id
    )`,
} as const;

function unfolded(groups: string, own: string): string {
  return `
    belongs (id) as (
      ${groups}
      union
      select g.parent_id from belongs join user_group g using (id) where g.parent_id is not null
    ),
    effective (id) as (
      select unnest(${own} || array(
        select held.role_id from unnest(array(select id from belongs)) belonging (id)
          join group_role held on held.group_id = belonging.id
      ))
      union
      select whole.part_id from effective join role_composite whole on whole.role_id = effective.id
    )`;
}

/** The rows of the roles whose ids are in `effective`. */
export const HELD_ROLES = `
  select role.* from unnest(array(select id from effective)) held (id) join role using (id)`;
