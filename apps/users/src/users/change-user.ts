import type { UserView } from '@tumbler/contract-users';
import type { EntityManager } from 'typeorm';
import { explaining } from '../db/broken-constraint.js';
import { shaped, type Writer } from '../profile/profile-check.js';
import { emailTaken, refuseNamesakes, usernameTaken } from './namesakes.js';
import { rulesOfRealm } from './rules-of-realm.js';
import type { CheckedFields } from './user-fields.js';
import { userNotFound } from './user-not-found.js';
import { USER_COLUMNS, userView, type ReadUser } from './user.view.js';

interface Change {
  realmId: string;
  userId: string;
  fields: CheckedFields;
  writer: Writer;
  keepsAttributes?: boolean;
}

/**
 * Writes the fields that were sent and leaves the others. A new e-mail address is unverified unless it is said to be
 * verified, so that nobody brings a stranger's address along with the trust in their own.
 */
export async function changeUser(
  tx: EntityManager,
  { realmId, userId, fields: sent, writer, keepsAttributes }: Change,
): Promise<{ user: UserView; wasEnabled: boolean }> {
  const { realm, profile, providersOf } = await rulesOfRealm(tx, realmId);
  const { fields, replaced } = shaped(profile, sent, { writer, made: false, keepsAttributes });
  const username = (realm.registrationEmailAsUsername && fields.email) || fields.username;
  if (realm.editUsernameAllowed) {
    await refuseNamesakes(tx, realm, userId, { username, email: fields.email });
  } else {
    await refuseNamesakes(tx, realm, userId, { email: fields.email });
    if (username) await refuseTakenUsername(tx, realmId, userId, username);
  }

  const [rows] = await tx
    .query<[(ReadUser & { wasEnabled: boolean })[], number]>(
      `update realm_user u set
         username = case when $4 then coalesce($3, u.username) else u.username end,
         email = case when $5::text is null then u.email else nullif($5, '') end,
         email_verified = coalesce($6, u.email_verified and coalesce($5 = u.email, $5::text is null)),
         first_name = case when $7::text is null then u.first_name else nullif($7, '') end,
         last_name = case when $8::text is null then u.last_name else nullif($8, '') end,
         enabled = coalesce($9, u.enabled),
         attributes = case
           when $10::jsonb is null then u.attributes
           when $13::text[] is null then $10
           else (u.attributes - $13) || $10
         end,
         required_actions = coalesce($11::text[], u.required_actions),
         not_before = greatest(u.not_before, to_timestamp($12))
       from (select id, enabled from realm_user where realm_id = $1 and id = $2 for update) before
       where u.id = before.id
       returning ${USER_COLUMNS}, before.enabled as "wasEnabled"`,
      [
        realmId,
        userId,
        username,
        realm.editUsernameAllowed,
        fields.email,
        fields.emailVerified,
        fields.firstName,
        fields.lastName,
        fields.enabled,
        fields.attributes,
        fields.requiredActions && providersOf(fields.requiredActions),
        fields.notBefore,
        replaced,
      ],
    )
    .catch(explaining({ realm_user_username: usernameTaken, realm_user_email: emailTaken }));
  const [user] = rows;
  if (!user) throw userNotFound();
  return { user: userView(user, profile), wasEnabled: user.wasEnabled };
}

/** Where usernames may not be changed, one that was sent is passed over; somebody else's is refused all the same. */
async function refuseTakenUsername(
  tx: EntityManager,
  realmId: string,
  userId: string,
  username: string,
): Promise<void> {
  const taken = await tx.query<unknown[]>(
    'select from realm_user where realm_id = $1 and username = $2 and id <> $3',
    [realmId, username, userId],
  );
  if (taken.length > 0) throw usernameTaken();
}
