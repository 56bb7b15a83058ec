import { text, type Form } from '@tumbler/contract-flows';
import { localeOf } from '../../links/link.js';
import type { Asks, Input, Outcome, Turn } from '../authenticator.js';
import { usernameField } from '../fields.js';
import { line } from '../typed.js';
import { identify } from '../verify.js';

/**
 * Asks whose credentials are to be reset. Any name will do: what follows is the same page, after the same work, whether or
 * not somebody has it (C-07).
 */
export const chooseUser: Asks = {
  kind: 'asks',
  id: 'reset-credentials-choose-user',
  displayName: 'Choose User',
  description: 'Choose a user to reset credentials for',
  choices: ['REQUIRED'],
  configurable: false,
  needsUser: false,
  ready: () => true,

  ask: ({ login }: Turn) => page(login.realm, login.loginHint),

  async answer(turn: Turn, input: Input): Promise<Outcome> {
    const username = line(input.username);
    if (!username) {
      return {
        kind: 'refused',
        form: page(turn.login.realm, '', true),
        error: 'username_missing',
      };
    }
    const user = (await identify(turn, username))?.user;
    return {
      kind: 'passed',
      // Not `found`: the login does not know this user until the link from their mailbox is opened.
      ...(user
        ? {
            claimed: {
              ...{ userId: user.id, enabled: user.enabled, ...localeOf(user) },
              ...(user.email ? { email: user.email } : {}),
            },
          }
        : {}),
      events: [
        {
          type: user?.email && user.enabled ? 'SEND_RESET_PASSWORD' : 'SEND_RESET_PASSWORD_ERROR',
          details: { username },
          ...(user ? { userId: user.id } : {}),
          ...(user?.email && user.enabled ? {} : { error: user ? 'invalid_email' : 'user_not_found' }),
        },
      ],
    };
  },
};

const page = (realm: Turn['login']['realm'], typed = '', missing = false): Form => ({
  page: 'login-login-reset-password',
  id: 'kc-reset-password-form',
  title: text('emailForgotTitle'),
  blocks: [{ kind: 'text', id: 'kc-info', text: text('emailInstruction') }],
  fields: [usernameField(realm, typed, missing ? text('missingUsernameMessage') : undefined)],
  buttons: [{ id: 'kc-reset', label: text('doSubmit'), kind: 'primary' }],
  links: [{ id: 'backToLogin', label: text('backToLogin'), to: 'login' }],
});
