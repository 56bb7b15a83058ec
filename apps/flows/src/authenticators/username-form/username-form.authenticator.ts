import { credentials } from '@tumbler/contract-credentials';
import { text, type Form, type LoginRealm, type Text } from '@tumbler/contract-flows';
import type { Asks, Input, Outcome, Turn } from '../authenticator.js';
import { wayOutLinks, rememberMeFields, usernameField } from '../fields.js';
import { line } from '../typed.js';
import { identify } from '../verify.js';

/** Asks who is signing in and nothing else. It tells, by its nature, which names exist: Keycloak's step of this name does too. */
export const usernameForm: Asks = {
  kind: 'asks',
  id: 'auth-username-form',
  displayName: 'Username Form',
  description: 'Selects a user from his username.',
  choices: ['REQUIRED'],
  configurable: false,
  needsUser: false,
  ready: () => true,

  ask: ({ login }: Turn) => page(login.realm, { username: login.loginHint ?? '' }),

  async answer(turn: Turn, input: Input): Promise<Outcome> {
    const { realm } = turn.login;
    const username = line(input.username);
    const again = (error: string, wrong: Text): Outcome => ({
      kind: 'refused',
      form: page(realm, { username }, wrong),
      error,
      details: { username },
    });
    const found = await identify(turn, username);
    if (!found?.user) {
      const key = realm.loginWithEmailAllowed ? 'invalidUsernameOrEmailMessage' : 'invalidUsernameMessage';
      return again('user_not_found', text(key));
    }
    // What comes next is up to what they have: without it, nobody is ready for anything.
    const has = await turn.bus.call(credentials.has, { realmId: realm.id, userId: found.user.id });
    return { kind: 'passed', found, credentials: has, rememberMe: input.rememberMe === 'on' };
  },
};

const page = (realm: LoginRealm, typed: Input, wrong?: Text): Form => ({
  page: 'login-login-username',
  id: 'kc-form-login',
  title: text('loginAccountTitle'),
  fields: [usernameField(realm, typed.username, wrong), ...rememberMeFields(realm, typed.rememberMe)],
  buttons: [{ id: 'kc-login', label: text('doLogIn'), kind: 'primary' }],
  links: wayOutLinks(realm),
});
