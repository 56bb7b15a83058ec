import type { CredentialSummary } from '@tumbler/contract-credentials';
import { text, type Field, type Form, type Text } from '@tumbler/contract-flows';
import { users, type LoginUser } from '@tumbler/contract-users';
import { AppError } from '@tumbler/errors';
import type { Input } from '../../authenticators/authenticator.js';
import { logoutSessionsField } from '../../authenticators/fields.js';
import { line } from '../../authenticators/typed.js';
import { localeOf, type LinkLetter } from '../../links/link.js';
import type { ActionOutcome, ActionTurn, RequiredAction } from '../required-action.js';

/** As Keycloak has it for links that users ask for. */
const LIFESPAN = 300;
const EMAIL = /^[^\s@]+@[^\s@]+$/;

/**
 * Takes a new address. Where addresses are to be confirmed, it counts from when the link was opened that is sent there; the
 * page waits for that, in this browser or in any other.
 */
export const updateEmail: RequiredAction = {
  id: 'UPDATE_EMAIL',
  because: 'updateEmailMessage',

  concerns: ({ user }) => !user.emailFixed,
  ask: ({ user }) => page({ email: user.email ?? '' }),

  async answer(turn: ActionTurn, input: Input): Promise<ActionOutcome> {
    const { bus, login, user } = turn;
    const email = line(input.email);
    const again = (wrong: Text, error: string): ActionOutcome => ({
      kind: 'again',
      form: page(input, wrong),
      event: { type: 'UPDATE_EMAIL_ERROR', error },
    });
    if (!email) return again(text('missingEmailMessage'), 'invalid_email');
    if (email.length > 255 || !EMAIL.test(email)) return again(text('invalidEmailMessage'), 'invalid_email');
    if (input.change !== undefined) return { kind: 'again', form: page(input) };
    if (!isToBeConfirmed(turn)) return (await move(turn, email, input)) ?? again(TAKEN, 'email_in_use');

    const { user: now } = await bus.call(users.get, { realmId: login.realm.id, userId: user.id });
    // Told already, when the link was used.
    if (now?.emailVerified && isSame(now.email, email)) {
      return { ...done(input), events: [], user: { email: now.email, emailVerified: true } };
    }
    const isAsked = input.sent !== undefined && input.resend === undefined;
    const letters = isAsked ? [] : [letterTo(turn, email)];
    return { kind: 'again', form: waiting(input, email, isAsked), letters };
  },
};

const TAKEN = text('emailExistsMessage');

const isSame = (one: string | undefined, other: string): boolean =>
  one?.toLowerCase() === other.toLowerCase();

const isToBeConfirmed = ({ config, login }: ActionTurn): boolean =>
  config.verifyEmail === 'true' || login.realm.verifyEmail;

const done = (input: Input) => ({
  kind: 'done' as const,
  endOtherSessions: input['logout-sessions'] === 'on',
});

/** Answers nothing where somebody else has the address. */
async function move(
  { bus, login, user }: ActionTurn,
  email: string,
  input: Input,
): Promise<ActionOutcome | undefined> {
  if (isSame(user.email, email)) return { ...done(input), events: [] };
  try {
    await bus.call(users.update, { realmId: login.realm.id, userId: user.id, fields: { email } });
  } catch (error) {
    if (!(error instanceof AppError) || error.code !== 'conflict') throw error;
    return undefined;
  }
  return {
    ...done(input),
    events: [{ type: 'UPDATE_EMAIL', details: movedFrom(user.email, email) }],
    letters: user.email ? [{ notice: 'email-changed', to: { email: user.email, ...localeOf(user) } }] : [],
    user: { email: email.toLowerCase(), emailVerified: false },
  };
}

export const movedFrom = (before: string | undefined, now: string): Record<string, string> => ({
  ...(before ? { previous_email: before } : {}),
  updated_email: now,
});

const letterTo = ({ login, user, credentials }: ActionTurn, email: string): LinkLetter => ({
  kind: 'update-email',
  to: { userId: user.id, email, ...localeOf(user) },
  lifespan: login.realm.userLinkLifespan ?? LIFESPAN,
  data: {
    clientId: login.clientId,
    ...(user.email ? { previousEmail: user.email } : {}),
    ...passwordOf(credentials),
  },
});

/** Which password an account has, as far as a link for another address has to know. */
export const passwordOf = (credentials: CredentialSummary[]): { passwordSetAt?: number } => {
  const setAt = credentials.find(({ type }) => type === 'password')?.setAt;
  return setAt === undefined ? {} : { passwordSetAt: setAt };
};

const page = (typed: Input, wrong?: Text): Form => ({
  page: 'login-update-email',
  id: 'kc-update-email-form',
  title: text('updateEmailTitle'),
  fields: [
    {
      name: 'email',
      type: 'email',
      label: text('email'),
      autocomplete: 'email',
      required: true,
      autofocus: true,
      ...(typed.email ? { value: typed.email } : {}),
      ...(wrong ? { error: { id: 'input-error-email', text: wrong } } : {}),
    },
    { ...logoutSessionsField, ...(typed['logout-sessions'] === 'on' ? { value: 'on' } : {}) },
  ],
  buttons: [{ id: 'kc-submit', label: text('doSubmit'), kind: 'primary' }],
});

const waiting = (typed: Input, email: string, notYet: boolean): Form => ({
  page: 'login-update-email-sent',
  id: 'kc-update-email-form',
  title: text('emailUpdateConfirmationSentTitle'),
  ...(notYet ? { message: { kind: 'warning', text: text('emailNotVerifiedYet') } } : {}),
  blocks: [{ kind: 'text', id: 'instruction1', text: text('emailUpdateConfirmationSent', email) }],
  fields: [
    hidden('email', email),
    hidden('sent', 'on'),
    ...(typed['logout-sessions'] === 'on' ? [hidden('logout-sessions', 'on')] : []),
  ],
  buttons: [
    { id: 'kc-continue', label: text('doContinue'), kind: 'primary' },
    { id: 'kc-resend', label: text('emailVerifyResend'), kind: 'secondary', name: 'resend', value: 'on' },
    { id: 'kc-change', label: text('emailUpdateOther'), kind: 'secondary', name: 'change', value: 'on' },
  ],
});

const hidden = (name: string, value: string): Field => ({
  name,
  type: 'hidden',
  label: text('email'),
  value,
});

/** An address that is about to be changed is not to be confirmed before. */
export const movesAnyway = ({ requiredActions }: LoginUser, actions: ActionTurn['actions']): boolean =>
  actions.some(({ alias, providerId }) => providerId === 'UPDATE_EMAIL' && requiredActions.includes(alias));
