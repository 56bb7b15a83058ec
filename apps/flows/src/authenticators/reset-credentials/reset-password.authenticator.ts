import { hasCredential } from '../../engine/facts.js';
import type { Decides, Settled, Turn } from '../authenticator.js';

/** Asks for a new password before the login ends. */
export const resetPassword: Decides = {
  kind: 'decides',
  id: 'reset-password',
  displayName: 'Reset Password',
  description:
    'Sets the Update Password required action if execution is REQUIRED.  Will also set it if execution is OPTIONAL and the password is currently configured for it.',
  choices: ['REQUIRED', 'ALTERNATIVE', 'DISABLED'],
  configurable: false,
  needsUser: true,
  ready: () => true,

  async decide({ step, facts }: Turn): Promise<Settled> {
    const wanted = step.requirement === 'REQUIRED' || hasCredential(facts, 'password');
    return { kind: 'passed', ...(wanted ? { asksFor: ['UPDATE_PASSWORD'] } : {}) };
  },
};
