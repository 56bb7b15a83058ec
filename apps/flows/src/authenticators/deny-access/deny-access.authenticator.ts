import { text } from '@tumbler/contract-flows';
import type { Decides } from '../authenticator.js';

/** Ends the login. Stands in a CONDITIONAL sub-flow whose conditions say for whom. */
export const denyAccess: Decides = {
  kind: 'decides',
  id: 'deny-access-authenticator',
  displayName: 'Deny access',
  description:
    'Access will be always denied. Useful for example in the conditional flows to be used after verifying the previous conditions are satisfied',
  choices: ['REQUIRED', 'DISABLED'],
  configurable: true,
  needsUser: false,
  ready: () => true,

  async decide({ step }) {
    const own = step.config.denyErrorMessage?.trim();
    return {
      kind: 'failed',
      error: 'access_denied',
      text: own ? { literal: own } : text('access-denied'),
      status: 403,
    };
  },
};
