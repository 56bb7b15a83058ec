import type { LoginUser } from '@tumbler/contract-users';
import type { Condition } from '../authenticator.js';

/** Has an attribute of the user the expected value? What every user has (username, e-mail, names) counts as attributes. */
export const userAttribute: Condition = {
  kind: 'condition',
  id: 'conditional-user-attribute',
  displayName: 'Condition - user attribute',
  description: 'Flow is executed only if the user attribute exists and has the expected value',
  choices: ['REQUIRED', 'DISABLED'],
  configurable: true,

  holds({ facts: { user }, config }) {
    if (!user) return { holds: false, why: 'no user yet' };
    const name = config.attribute_name ?? '';
    const matches = valuesOf(user, name).includes(config.attribute_expected_value ?? '');
    return {
      holds: matches !== (config.not === 'true'),
      why: matches ? `${name} has the value` : `${name} has another value or none`,
    };
  },
};

function valuesOf(user: LoginUser, name: string): string[] {
  const { username, email, firstName, lastName } = user;
  const own = new Map(Object.entries({ username, email, firstName, lastName }));
  if (own.has(name)) return [own.get(name) ?? ''].filter(Boolean);
  return Object.hasOwn(user.attributes, name) ? (user.attributes[name] ?? []) : [];
}
