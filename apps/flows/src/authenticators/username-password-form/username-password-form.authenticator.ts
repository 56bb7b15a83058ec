import { text, type Form, type LoginRealm, type Text } from '@tumbler/contract-flows';
import type { Asks, Input, Outcome, Refused, Turn } from '../authenticator.js';
import { passwordField, wayOutLinks, rememberMeFields, usernameField } from '../fields.js';
import { line } from '../typed.js';
import { checkNameAndPassword, LONGEST_INPUT } from '../verify.js';

/** The login page. An unknown name, a wrong password and a locked account are answered alike (keycloak.md §6.4). */
export const usernamePasswordForm: Asks = {
  kind: 'asks',
  id: 'auth-username-password-form',
  displayName: 'Username Password Form',
  description: 'Validates a username and password from login form.',
  choices: ['REQUIRED'],
  configurable: false,
  needsUser: false,
  ready: () => true,

  ask: ({ login, facts: { user } }: Turn) =>
    page(login.realm, { username: user?.username ?? login.loginHint ?? '' }),

  async answer(turn: Turn, input: Input): Promise<Outcome> {
    const username = line(input.username);
    const password = input.password ?? '';
    const typed = { username, rememberMe: input.rememberMe ?? '' };
    const again = (error: string, wrong = text('invalidUserMessage')): Refused => ({
      kind: 'refused',
      form: page(turn.login.realm, typed, wrong),
      error,
      details: { username },
    });
    // Not an attempt: nothing is compared and nothing counted.
    if (!password || password.length > LONGEST_INPUT) return again('invalid_user_credentials');

    const check = await checkNameAndPassword(turn, username, password);
    if (!check.ok) {
      const wrong = check.error === 'user_disabled' ? text('accountDisabledMessage') : undefined;
      return { ...again(check.error, wrong), found: check.found };
    }
    return {
      kind: 'passed',
      found: check.found,
      credentials: check.verified.has,
      proved: check.proved,
      rememberMe: input.rememberMe === 'on',
    };
  },
};

const page = (realm: LoginRealm, typed: Input, wrong?: Text): Form => ({
  page: 'login-login',
  id: 'kc-form-login',
  title: text('loginAccountTitle'),
  fields: [
    usernameField(realm, typed.username, wrong),
    passwordField(!!typed.username),
    ...rememberMeFields(realm, typed.rememberMe),
  ],
  buttons: [{ id: 'kc-login', label: text('doLogIn'), kind: 'primary' }],
  links: wayOutLinks(realm),
});
