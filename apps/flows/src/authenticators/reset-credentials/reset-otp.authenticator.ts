import { credentials } from '@tumbler/contract-credentials';
import { text, type Form, type Text } from '@tumbler/contract-flows';
import { hasCredential } from '../../engine/facts.js';
import type { Asks, Input, Outcome, Passed, Turn } from '../authenticator.js';
import { deviceChoice, devices, otpForm } from '../otp-form/otp-form.authenticator.js';

/**
 * Asks for a code of the app that the user has: a mailbox alone must not change what stands beside it (N-13,
 * docs/decisions/0012). Where the administrator has chosen otherwise (`ask_enrolled_factor`: false) the app is set up anew
 * without. Whoever has no app is asked to set one up, where the realm demands it.
 */
export const resetOtp: Asks = {
  kind: 'asks',
  id: 'reset-otp',
  displayName: 'Reset OTP',
  description:
    "Removes existing OTP configurations (if chosen) and sets the 'Configure OTP' required action.",
  choices: ['REQUIRED', 'ALTERNATIVE', 'DISABLED'],
  configurable: true,
  needsUser: true,
  credentialType: 'otp',
  setUpBy: 'CONFIGURE_TOTP',
  ready: (facts) => hasCredential(facts, 'otp'),

  ask: (turn: Turn) => (asksFirst(turn) ? otpForm.ask(turn) : page(turn)),

  async answer(turn: Turn, input: Input): Promise<Outcome> {
    if (!asksFirst(turn)) return confirmed(turn, input);
    const outcome = await otpForm.answer(turn, input);
    if (outcome.kind !== 'passed') return outcome;
    return removes(turn) === 'none' ? outcome : { ...outcome, ...(await reset(turn, chosenOf(turn, input))) };
  },
};

const asksFirst = ({ step }: Turn): boolean => step.config.ask_enrolled_factor !== 'false';

function removes({ step }: Turn): 'none' | 'one' | 'all' {
  const flag = step.config.action_on_otp_reset_flag;
  return flag === 'Remove one' ? 'one' : flag === 'Remove all' ? 'all' : 'none';
}

const chosenOf = ({ facts }: Turn, input: Input): string | undefined =>
  devices(facts).find(({ id }) => id === input.selectedCredentialId)?.id ?? devices(facts)[0]?.id;

async function confirmed(turn: Turn, input: Input): Promise<Outcome> {
  const foreign =
    removes(turn) === 'one' && !devices(turn.facts).some(({ id }) => id === input.selectedCredentialId);
  if (foreign && devices(turn.facts).length > 1) {
    return { kind: 'refused', form: page(turn, text('error-reset-otp-missing-id')) };
  }
  return { kind: 'passed', ...(await reset(turn, chosenOf(turn, input))) };
}

/** Removes what is to be removed, and asks for a new app. */
async function reset(
  turn: Turn,
  chosen?: string,
): Promise<Pick<Passed, 'asksFor' | 'events' | 'credentials'>> {
  const { bus, login, facts } = turn;
  const mine = devices(facts);
  const how = removes(turn);
  const which = mine.filter(({ id }) => how === 'all' || (how === 'one' && id === chosen));
  const who = { realmId: login.realm.id, userId: facts.user?.id ?? '' };
  for (const { id } of which) await bus.call(credentials.remove, { ...who, credentialId: id });
  return {
    asksFor: ['CONFIGURE_TOTP'],
    credentials: facts.credentials.filter((one) => !which.includes(one)),
    events: which.map(({ id }) => ({
      type: 'REMOVE_CREDENTIAL',
      details: { credential_type: 'otp', credential_id: id },
    })),
  };
}

const page = (turn: Turn, wrong?: Text): Form => ({
  page: 'login-login-reset-otp',
  id: 'kc-otp-reset-form',
  title: text('doLogIn'),
  ...(wrong ? { message: { kind: 'error', text: wrong } } : {}),
  blocks: [{ kind: 'text', text: text('otp-reset-description') }],
  fields: removes(turn) === 'one' ? deviceChoice(turn.facts) : [],
  buttons: [{ id: 'kc-otp-reset-form-submit', label: text('doSubmit'), kind: 'primary' }],
});
