import { text, type Form, type Text } from '@tumbler/contract-flows';
import { hasCredential } from '../../engine/facts.js';
import type { Asks, Input, Outcome, Turn } from '../authenticator.js';
import { errorOf, verify } from '../verify.js';

const LONGEST_CODE = 64;

/** Asks for the next of the codes that the user has kept for the day on which there is no other way. */
export const recoveryCodeForm: Asks = {
  kind: 'asks',
  id: 'auth-recovery-authn-code-form',
  displayName: 'Recovery Authentication Code Form',
  description: 'Validates a Recovery Authentication Code',
  choices: ['REQUIRED', 'ALTERNATIVE', 'DISABLED'],
  configurable: false,
  needsUser: true,
  credentialType: 'recovery-authn-codes',
  setUpBy: 'CONFIGURE_RECOVERY_AUTHN_CODES',
  offer: {
    name: text('auth-recovery-authn-code-form-display-name'),
    help: text('auth-recovery-authn-code-form-help-text'),
  },
  ready: (facts) => hasCredential(facts, 'recovery-authn-codes'),

  ask: ({ facts }: Turn) => page(facts.credentials),

  async answer(turn: Turn, input: Input): Promise<Outcome> {
    const { facts } = turn;
    const code = (input.recoveryCodeInput ?? '').trim();
    const again = (error: string | undefined, has = facts.credentials): Outcome => ({
      kind: 'refused',
      form: page(has, text('recovery-codes-error-invalid')),
      ...(error ? { error } : {}),
      details: { credential_type: 'recovery-authn-codes' },
    });
    // Nothing to compare: not an attempt.
    if (!code) return again(undefined);
    if (code.length > LONGEST_CODE) return again('invalid_user_credentials');

    const verified = await verify(turn, {
      type: 'recovery-authn-codes',
      input: code,
      userId: facts.user?.id,
    });
    if (verified.verdict !== 'ok') return again(errorOf(verified), verified.has);
    const { credentialId, has } = verified;
    return {
      kind: 'passed',
      credentials: has,
      // A one-time password in the sense of RFC 8176: there is no word of its own for those on paper.
      proved: {
        type: 'recovery-authn-codes',
        amr: 'otp',
        ...(credentialId ? { credentialId } : {}),
      },
      // It was the last one: new ones are due while the user is here.
      ...(nextCode(has) ? {} : { asksFor: ['CONFIGURE_RECOVERY_AUTHN_CODES'] }),
    };
  },
};

type Has = Turn['facts']['credentials'];

const nextCode = (has: Has) => has.find(({ type }) => type === 'recovery-authn-codes')?.nextCode;

const page = (has: Has, wrong?: Text): Form => ({
  page: 'login-login-recovery-authn-code-input',
  id: 'kc-recovery-code-login-form',
  title: text('auth-recovery-code-header'),
  fields: [
    {
      name: 'recoveryCodeInput',
      type: 'text',
      label: text('auth-recovery-code-prompt', nextCode(has) ?? 1),
      autocomplete: 'off',
      required: true,
      autofocus: true,
      ...(wrong ? { error: { id: 'input-error', text: wrong } } : {}),
    },
  ],
  buttons: [{ id: 'kc-login', label: text('doLogIn'), kind: 'primary' }],
});
