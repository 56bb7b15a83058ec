import { credentials } from '@tumbler/contract-credentials';
import { text, type Field, type Form, type Text } from '@tumbler/contract-flows';
import { users, type FoundUser } from '@tumbler/contract-users';
import { AppError } from '@tumbler/errors';
import { createHash } from 'node:crypto';
import type { Asks, Input, Outcome, Turn } from '../authenticator.js';
import { line } from '../typed.js';
import { wrongOf, type Wrong } from '../../required-actions/profile-form.js';
import { parts, registering, type Draft, type RegistrationTurn } from './parts.js';

/**
 * The registration page: its parts say what is asked and what is wrong with it; then the account is made, the password
 * first, so that a crash between the two leaves a password of nobody and never a user whom anybody could claim.
 */
export const registrationPage: Asks = {
  kind: 'asks',
  id: 'registration-page-form',
  displayName: 'Registration Page',
  description: 'This is the controller for the registration page',
  choices: ['REQUIRED', 'DISABLED'],
  configurable: false,
  needsUser: false,
  ready: () => true,

  ask: async (turn: Turn) => page(await registering(turn), {}, {}),

  async answer(asked: Turn, input: Input): Promise<Outcome> {
    const turn = await registering(asked);
    const again = (wrong: Wrong, error: string, found?: FoundUser): Outcome => ({
      kind: 'refused',
      form: page(turn, input, wrong),
      error,
      details: { register_method: 'form', username: nameOf(turn, input) },
      found,
    });
    const active = partsOf(turn);
    const wrong = Object.assign({}, ...active.map((part) => part.check(turn, input))) as Wrong;
    if (Object.keys(wrong).length > 0) return again(wrong, 'invalid_registration');

    const draft = active.reduce<Draft>((made, part) => part.fill(turn, input, made), { fields: {} });
    const who = { realmId: turn.login.realm.id, userId: newUserId(turn) };
    if (draft.password !== undefined) {
      const { username, email } = draft.fields;
      const set = await turn.bus.call(credentials.setPassword, {
        ...who,
        password: draft.password,
        username,
        email,
      });
      if (set.kind === 'refused')
        return again({ password: text(set.key, ...set.params) }, 'password_rejected');
    }
    const conflict = await createUser(turn, who, draft);
    if (conflict) return again(conflict.wrong, conflict.error);

    const [found, has] = await Promise.all([
      turn.bus.call(users.get, who),
      turn.bus.call(credentials.has, who),
    ]);
    const proved = draft.password === undefined ? undefined : { type: 'password' as const, amr: 'pwd' };
    return { kind: 'passed', found, credentials: has, proved, registered: true };
  },
};

const partsOf = ({ step }: Turn) =>
  (step.parts ?? [])
    .filter(({ requirement }) => requirement === 'REQUIRED')
    .flatMap(({ providerId }) => parts.filter(({ id }) => id === providerId));

/**
 * The id follows from the form that was sent: sent again after a lost reply, it names the same user and not a second one
 * whose name is taken by the first.
 */
function newUserId(turn: Turn): string {
  const hash = createHash('sha256').update(turn.attempt('new user')).digest('hex');
  return [
    hash.slice(0, 8),
    hash.slice(8, 12),
    `4${hash.slice(13, 16)}`,
    `a${hash.slice(17, 20)}`,
    hash.slice(20, 32),
  ].join('-');
}

/** Answers what is taken, where something is. */
async function createUser(
  { bus }: Turn,
  who: { realmId: string; userId: string },
  { fields }: Draft,
): Promise<{ wrong: Wrong; error: string } | undefined> {
  try {
    await bus.call(users.create, { ...who, fields });
    return undefined;
  } catch (error) {
    if (!(error instanceof AppError) || !['conflict', 'invalid_request'].includes(error.code)) throw error;
    // Made by the same form, whose reply was lost: then the password is theirs and must stay.
    const { user } = await bus.call(users.get, who);
    if (user) return undefined;
    await bus.call(credentials.eraseUser, who);
    if (error.code === 'invalid_request') return { wrong: wrongOf(error), error: 'invalid_registration' };
    return error.details.field === 'email'
      ? { wrong: { email: text('emailExistsMessage') }, error: 'email_in_use' }
      : { wrong: { username: text('usernameExistsMessage') }, error: 'username_in_use' };
  }
}

const nameOf = ({ login }: Turn, input: Input): string =>
  line(login.realm.registrationEmailAsUsername ? input.email : input.username);

function page(turn: RegistrationTurn, input: Input, wrong: Wrong): Form {
  const fields = partsOf(turn).flatMap((part) => part.fields(turn, input, wrong));
  return {
    page: 'login-register',
    id: 'kc-register-form',
    title: text('registerTitle'),
    fields: withErrorsInSight(fields, wrong),
    buttons: [{ id: 'kc-register', label: text('doRegister'), kind: 'primary' }],
    links: [{ id: 'backToLogin', label: text('backToLogin'), to: 'login' }],
  };
}

/** An error about a field that this page does not show stands at the first one that it does. */
function withErrorsInSight(fields: Field[], wrong: Wrong): Field[] {
  const hidden = Object.entries(wrong).find(([name]) => !fields.some((field) => field.name === name));
  const [first, ...rest] = fields;
  if (!hidden || !first || first.error) return fields;
  const message: Text = hidden[1];
  return [{ ...first, error: { id: `input-error-${first.name}`, text: message } }, ...rest];
}
