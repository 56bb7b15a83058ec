import type { Decides } from '../authenticator.js';

/** Passes whoever has come this far. It proves nothing: a login in which nothing else was proven does not end well. */
export const allowAccess: Decides = {
  kind: 'decides',
  id: 'allow-access-authenticator',
  displayName: 'Allow access',
  description:
    'Authenticator will always successfully authenticate. Useful for example in the conditional flows to be used after verifying the previous conditions are satisfied',
  choices: ['REQUIRED', 'DISABLED'],
  configurable: false,
  needsUser: false,
  ready: () => true,

  decide: async () => ({ kind: 'passed' }),
};
