import { text, type Form, type Text } from '@tumbler/contract-flows';
import { hasCredential } from '../../engine/facts.js';
import type { Asks, Input, Outcome, Turn } from '../authenticator.js';
import { passwordField } from '../fields.js';
import { errorOf, LONGEST_INPUT, passwordProof, verify } from '../verify.js';

/** Asks a user who is known already for the password. */
export const passwordForm: Asks = {
  kind: 'asks',
  id: 'auth-password-form',
  displayName: 'Password Form',
  description: 'Validates a password from login form.',
  choices: ['REQUIRED', 'ALTERNATIVE', 'DISABLED'],
  configurable: false,
  needsUser: true,
  credentialType: 'password',
  offer: { name: text('password-display-name'), help: text('password-help-text') },
  ready: (facts) => hasCredential(facts, 'password'),

  ask: () => page(),

  async answer(turn: Turn, input: Input): Promise<Outcome> {
    const again = (error: string): Outcome => ({
      kind: 'refused',
      form: page(text('invalidPasswordMessage')),
      error,
    });
    const password = input.password ?? '';
    // Not an attempt: nothing is compared and nothing counted.
    if (!password || password.length > LONGEST_INPUT) return again('invalid_user_credentials');

    const verified = await verify(turn, { type: 'password', input: password, userId: turn.facts.user?.id });
    if (verified.verdict !== 'ok') return again(errorOf(verified));
    return { kind: 'passed', credentials: verified.has, proved: passwordProof(verified) };
  },
};

const page = (wrong?: Text): Form => ({
  page: 'login-login-password',
  id: 'kc-form-login',
  title: text('loginAccountTitle'),
  fields: [passwordField(true, wrong)],
  buttons: [{ id: 'kc-login', label: text('doLogIn'), kind: 'primary' }],
});
