import { text, type Field, type Form, type Text } from '@tumbler/contract-flows';
import { hasCredential, type Facts } from '../../engine/facts.js';
import type { Asks, Input, Outcome, Turn } from '../authenticator.js';
import { errorOf, otpProof, tidyCode, verify } from '../verify.js';

/** Asks for the code that the user's authenticator app shows, of one of their devices where there are several. */
export const otpForm: Asks = {
  kind: 'asks',
  id: 'auth-otp-form',
  displayName: 'OTP Form',
  description: 'Validates a OTP on a separate OTP form.',
  choices: ['REQUIRED', 'ALTERNATIVE', 'DISABLED'],
  configurable: false,
  needsUser: true,
  credentialType: 'otp',
  setUpBy: 'CONFIGURE_TOTP',
  offer: { name: text('otp-display-name'), help: text('otp-help-text') },
  ready: (facts) => hasCredential(facts, 'otp'),

  ask: ({ facts }: Turn) => page(facts),

  async answer(turn: Turn, input: Input): Promise<Outcome> {
    const { facts } = turn;
    const chosen = input.selectedCredentialId || undefined;
    const again = (error?: string, wrong?: Text): Outcome => ({
      kind: 'refused',
      form: page(facts, chosen, wrong),
      ...(error ? { error } : {}),
      details: { credential_type: 'otp', ...(chosen ? { selected_credential_id: chosen } : {}) },
    });
    // Sent without the field: not an attempt, the page is shown again as it was.
    if (input.otp === undefined) return again();

    const code = tidyCode(input.otp);
    const foreign = chosen && !devices(facts).some(({ id }) => id === chosen);
    if (!code || code.length > 64 || foreign) {
      return again('invalid_user_credentials', text('invalidTotpMessage'));
    }
    const verified = await verify(turn, {
      type: 'otp',
      input: code,
      userId: facts.user?.id,
      ...(chosen ? { credentialId: chosen } : {}),
    });
    // A code that is spent is answered like one that is wrong: nobody learns that it was right (mistakes.md).
    if (verified.verdict !== 'ok') return again(errorOf(verified), text('invalidTotpMessage'));
    return { kind: 'passed', credentials: verified.has, proved: otpProof(verified) };
  },
};

export const devices = (facts: Facts) => facts.credentials.filter(({ type }) => type === 'otp');

function page(facts: Facts, chosen?: string, wrong?: Text): Form {
  return {
    page: 'login-login-otp',
    id: 'kc-otp-login-form',
    title: text('loginAccountTitle'),
    fields: [
      ...deviceChoice(facts, chosen),
      {
        name: 'otp',
        type: 'code',
        label: text('loginOtpOneTime'),
        autocomplete: 'one-time-code',
        required: true,
        autofocus: true,
        ...(wrong ? { error: { id: 'input-error-otp-code', text: wrong } } : {}),
      },
    ],
    buttons: [{ id: 'kc-login', label: text('doLogIn'), kind: 'primary' }],
  };
}

export function deviceChoice(facts: Facts, chosen?: string): Field[] {
  const mine = devices(facts);
  if (mine.length < 2) return [];
  const selected = mine.some(({ id }) => id === chosen) ? chosen : mine[0]?.id;
  return [
    {
      name: 'selectedCredentialId',
      type: 'radio',
      label: text('loginOtpDevice'),
      options: mine.map(({ id, label }, i) => ({
        id: `kc-otp-credential-${i}`,
        value: id,
        label: label ? { literal: label } : text('unnamed'),
        checked: id === selected,
      })),
    },
  ];
}
