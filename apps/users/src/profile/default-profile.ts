import type { ProfileAttribute, UserProfile } from '@tumbler/contract-users';

/** The attributes that have columns of their own. A profile may shape them, and cannot be without the first two. */
export const BUILT_IN = ['username', 'email', 'firstName', 'lastName'] as const;
export type BuiltIn = (typeof BUILT_IN)[number];
export const isBuiltIn = (name: string): name is BuiltIn => (BUILT_IN as readonly string[]).includes(name);

const EVERYBODY = { view: ['admin', 'user'], edit: ['admin', 'user'] };

const attribute = (
  name: BuiltIn,
  validations: ProfileAttribute['validations'],
  required?: ProfileAttribute['required'],
): ProfileAttribute => ({
  name,
  displayName: `\${${name}}`,
  validations,
  ...(required ? { required } : {}),
  permissions: EVERYBODY,
  multivalued: false,
});

const USERS = { roles: ['user'] };

/** The profile of a realm where none was set, which is Keycloak's. */
export const DEFAULT_PROFILE: UserProfile = {
  attributes: [
    attribute('username', {
      length: { min: 3, max: 255 },
      'username-prohibited-characters': {},
      'up-username-not-idn-homograph': {},
    }),
    attribute('email', { email: {}, length: { max: 255 } }, USERS),
    attribute('firstName', { length: { max: 255 }, 'person-name-prohibited-characters': {} }, USERS),
    attribute('lastName', { length: { max: 255 }, 'person-name-prohibited-characters': {} }, USERS),
  ],
  groups: [
    {
      name: 'user-metadata',
      displayHeader: 'User metadata',
      displayDescription: 'Attributes, which refer to user metadata',
    },
  ],
};
