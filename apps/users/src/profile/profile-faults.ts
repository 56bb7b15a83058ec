import { isDeepStrictEqual } from 'node:util';
import type { FoundUser, LoginUser, ProfileAttribute, UserProfile } from '@tumbler/contract-users';
import { DEFAULT_PROFILE, isBuiltIn } from './default-profile.js';
import { allows, faultOf } from './profile-check.js';

const VERIFY_PROFILE = 'VERIFY_PROFILE';

/**
 * What a login is told of a user by the profile of the realm. What every realm wants before its administrator has said
 * anything is asked when users write their profile, and holds nobody up who is there already (docs/decisions/0018).
 */
export function byProfile(
  profile: UserProfile | null,
  user: Omit<LoginUser, 'roles'>,
  actions: FoundUser['actions'],
): Pick<LoginUser, 'profileFaults' | 'emailFixed'> {
  if (!profile) return {};
  const email = profile.attributes.find(({ name }) => name === 'email');
  const isAsked = actions.some(({ providerId }) => providerId === VERIFY_PROFILE);
  const faults = isAsked ? profile.attributes.filter((attribute) => isWrong(attribute, user)) : [];
  return {
    ...(faults.length > 0 ? { profileFaults: faults.map(({ name }) => name) } : {}),
    ...(email && !allows(email.permissions?.edit, 'user') ? { emailFixed: true } : {}),
  };
}

/** Of what users may change: nobody is asked for what they cannot put right. */
function isWrong(attribute: ProfileAttribute, user: Omit<LoginUser, 'roles'>): boolean {
  const { name, permissions } = attribute;
  if (name === 'username' || !allows(permissions?.edit, 'user') || isEverybodys(attribute)) return false;
  const values = isBuiltIn(name) ? [user[name] ?? ''] : (user.attributes[name] ?? []);
  return faultOf(attribute, values, 'user') !== undefined;
}

const isEverybodys = ({ name, required, validations }: ProfileAttribute): boolean => {
  const ours = DEFAULT_PROFILE.attributes.find((attribute) => attribute.name === name);
  return (
    ours !== undefined &&
    isDeepStrictEqual([required ?? {}, validations ?? {}], [ours.required ?? {}, ours.validations ?? {}])
  );
};
