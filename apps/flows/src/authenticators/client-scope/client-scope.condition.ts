import type { Condition } from '../authenticator.js';

/** Does the application ask for the client scope, by name or because it always does? */
export const clientScope: Condition = {
  kind: 'condition',
  id: 'conditional-client-scope',
  displayName: 'Condition - client scope',
  description: 'Condition to evaluate if a specified client scope is present',
  choices: ['REQUIRED', 'DISABLED'],
  configurable: true,

  holds({ facts: { scopes }, config }) {
    const name = config.client_scope ?? '';
    // Without a name it is a mistake in the configuration: neither question is answered with yes.
    if (!name) return { holds: false, why: 'it names no client scope' };
    const has = scopes.includes(name);
    return {
      holds: has !== (config.negate === 'true'),
      why: has ? `${name} is asked for` : `${name} is not asked for`,
    };
  },
};
