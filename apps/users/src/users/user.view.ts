import type { UserProfile, UserView } from '@tumbler/contract-users';
import { visible } from '../profile/profile-check.js';
import type { UserRow } from './user.entity.js';

/** How many users a list answers unless told. */
export const PAGE = 100;

const PERSON_COLUMNS = `
  u.id, u.username, u.email, u.email_verified as "emailVerified", u.first_name as "firstName",
  u.last_name as "lastName", u.enabled, u.attributes, u.not_before as "notBefore", u.created_at as "createdAt"`;

/** What is read of a user `u`, with actions as they are stored: by provider. */
export const STORED_USER_COLUMNS = `${PERSON_COLUMNS}, u.required_actions as "requiredActions"`;

/** What is read of a user `u` for a view. Actions are shown by the realm's alias. */
export const USER_COLUMNS = `${PERSON_COLUMNS},
  array(
    select coalesce(a.alias, had.id)
      from unnest(u.required_actions) with ordinality had (id, place)
      left join required_action a on a.realm_id = u.realm_id and a.provider_id = had.id
     order by had.place
  ) as "requiredActions"`;

/** With aliases in `requiredActions`, unless read by `STORED_USER_COLUMNS`. */
export type ReadUser = Omit<UserRow, 'realmId' | 'emailsUnique'>;

/** As an administrator sees the user: with the attributes that the profile of the realm shows them. */
export function userView(user: ReadUser, profile: UserProfile): UserView {
  return {
    ...personOf(user),
    ...visible(profile, user.attributes),
    createdTimestamp: user.createdAt.getTime(),
  };
}

/** What every view of a user shows. */
export function personOf({
  id,
  username,
  emailVerified,
  enabled,
  attributes,
  requiredActions,
  ...user
}: ReadUser) {
  return {
    id,
    username,
    ...(user.email === null ? {} : { email: user.email }),
    emailVerified,
    ...(user.firstName === null ? {} : { firstName: user.firstName }),
    ...(user.lastName === null ? {} : { lastName: user.lastName }),
    enabled,
    attributes,
    requiredActions,
    notBefore: user.notBefore ? Math.floor(user.notBefore.getTime() / 1000) : 0,
  };
}
