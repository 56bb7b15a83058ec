import type { Condition } from '../authenticator.js';

/** Did the user sign in with one of these types of credential (`included`), or with none of them? `none` stands for no credential at all. */
export const credentialUsed: Condition = {
  kind: 'condition',
  id: 'conditional-credential',
  displayName: 'Condition - credential',
  description:
    'Condition to evaluate if a specific credential type has been used (or not used) by the user during the authentication process',
  choices: ['REQUIRED', 'DISABLED'],
  configurable: true,

  holds({ facts, config }) {
    // Keycloak keeps a list of values in one string.
    const named = (config.credentials ?? '').split('##').filter(Boolean);
    const used = facts.used.length > 0 ? facts.used : ['none'];
    const hit = used.some((type) => named.includes(type));
    const included = config.included === 'true';
    return { holds: hit === included, why: `used: ${used.join(', ')}` };
  },
};
