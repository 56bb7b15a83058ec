import type { LoginUser } from '@tumbler/contract-users';
import type { Condition } from '../authenticator.js';

/** Has the user the role, directly or through another? `role` for a role of the realm, `client.role` for one of a client. */
export const userRole: Condition = {
  kind: 'condition',
  id: 'conditional-user-role',
  displayName: 'Condition - user role',
  description: 'Flow is executed only if user has the given role.',
  choices: ['REQUIRED', 'DISABLED'],
  configurable: true,

  holds({ facts: { user }, config }) {
    if (!user) return { holds: false, why: 'no user yet' };
    const role = config.condUserRole ?? '';
    const has = hasRole(user, role);
    return { holds: has !== (config.negate === 'true'), why: has ? `has ${role}` : `has not ${role}` };
  },
};

export const hasRole = ({ roles, clientRoles = {} }: LoginUser, role: string): boolean =>
  roles.includes(role) ||
  Object.entries(clientRoles).some(([client, names]) => names.some((name) => `${client}.${name}` === role));
