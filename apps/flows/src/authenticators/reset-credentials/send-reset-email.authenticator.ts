import { text, type Form } from '@tumbler/contract-flows';
import { localeOf, type LinkLetter } from '../../links/link.js';
import type { Asks, Claimed, Outcome, Turn } from '../authenticator.js';

/** As Keycloak has it for links that users ask for. */
const LIFESPAN = 300;

/**
 * Sends a link to the mailbox of the user who was named, and waits. The login that waits learns nothing of it: another one
 * goes on behind the link, in the browser in which it is opened.
 */
export const sendResetEmail: Asks = {
  kind: 'asks',
  id: 'reset-credential-email',
  displayName: 'Send Reset Email',
  description: 'Send email to user and wait for response.',
  choices: ['REQUIRED'],
  configurable: true,
  needsUser: false,
  ready: () => true,

  opens: letters,
  ask: () => page,
  answer: async (turn: Turn): Promise<Outcome> => ({ kind: 'refused', form: page, letters: letters(turn) }),
};

function letters({ login, claimed, facts, flow, statuses, step }: Turn): LinkLetter[] {
  const { user } = facts;
  const whose: Claimed | undefined = user
    ? { userId: user.id, email: user.email, enabled: user.enabled, ...localeOf(user) }
    : claimed;
  return [
    {
      kind: 'reset-credentials',
      ...(whose?.enabled && whose.email
        ? { to: { userId: whose.userId, email: whose.email, locale: whose.locale } }
        : {}),
      lifespan: login.realm.userLinkLifespan ?? LIFESPAN,
      data: {
        flowId: flow.id,
        statuses: { ...statuses, [step.id]: 'passed' },
        clientId: login.clientId,
        login: login.id,
      },
    },
  ];
}

const page: Form = {
  page: 'login-info',
  id: 'kc-reset-email-form',
  title: text('emailForgotTitle'),
  message: { kind: 'info', text: text('emailSentMessage') },
  fields: [],
  buttons: [{ id: 'kc-resend', label: text('doResend'), kind: 'primary', name: 'resend', value: 'on' }],
  links: [{ id: 'backToLogin', label: text('backToLogin'), to: 'login' }],
};
