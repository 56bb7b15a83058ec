import { text, type Form } from '@tumbler/contract-flows';
import { users, type LoginUser } from '@tumbler/contract-users';
import type { Input } from '../../authenticators/authenticator.js';
import { localeOf, type LinkLetter } from '../../links/link.js';
import { movesAnyway } from '../update-email/update-email.required-action.js';
import type { ActionOutcome, ActionTurn, RequiredAction } from '../required-action.js';

/** As Keycloak has it for links that users ask for. */
const LIFESPAN = 300;

/** Sends a link to the user's address, and waits until it was opened: in this browser, or in any other. */
export const verifyEmail: RequiredAction = {
  id: 'VERIFY_EMAIL',

  isDue: (user, { verifyEmail: wanted }, actions) =>
    wanted && !!user.email && !user.emailVerified && !movesAnyway(user, actions),
  concerns: ({ user }) => !!user.email,
  because: 'verifyEmailMessage',
  doneElsewhere: ({ emailVerified }) => emailVerified,
  opens: letters,
  ask: ({ user }) => page(user),

  async answer(turn: ActionTurn, input: Input): Promise<ActionOutcome> {
    const { bus, login, user } = turn;
    if (input.resend !== undefined) {
      return { kind: 'again', form: page(user), letters: letters(turn) };
    }
    const { user: now } = await bus.call(users.get, { realmId: login.realm.id, userId: user.id });
    // Told already, when the link was used.
    if (now?.emailVerified) return { kind: 'done', events: [], user: { emailVerified: true } };
    return { kind: 'again', form: page(user, true) };
  },
};

function letters({ login, user }: ActionTurn): LinkLetter[] {
  const { id: userId, email } = user;
  if (!email) return [];
  return [
    {
      kind: 'verify-email',
      to: { userId, email, ...localeOf(user) },
      lifespan: login.realm.userLinkLifespan ?? LIFESPAN,
      data: { clientId: login.clientId, login: login.id },
    },
  ];
}

const page = ({ email = '' }: LoginUser, notYet = false): Form => ({
  page: 'login-login-verify-email',
  id: 'kc-verify-email-form',
  title: text('emailVerifyTitle'),
  ...(notYet ? { message: { kind: 'warning', text: text('emailNotVerifiedYet') } } : {}),
  blocks: [{ kind: 'text', id: 'instruction1', text: text('emailVerifyInstruction1', email) }],
  fields: [],
  buttons: [
    { id: 'kc-continue', label: text('doContinue'), kind: 'primary' },
    {
      id: 'kc-resend',
      label: text('emailVerifyResend'),
      kind: 'secondary',
      name: 'resend',
      value: 'on',
    },
  ],
});
