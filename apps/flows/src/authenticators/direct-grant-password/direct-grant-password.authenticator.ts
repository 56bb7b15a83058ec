import type { Decides, Settled, Turn } from '../authenticator.js';
import { refusedGrant } from '../direct-grant-username/direct-grant-username.authenticator.js';
import { errorOf, LONGEST_INPUT, passwordProof, verify } from '../verify.js';

/** Checks the password that a token request brought; against nobody's, where the name was unknown. */
export const directGrantPassword: Decides = {
  kind: 'decides',
  id: 'direct-grant-validate-password',
  displayName: 'Password',
  description: "Validates the password supplied as a 'password' form parameter in direct grant request",
  choices: ['REQUIRED', 'ALTERNATIVE', 'DISABLED'],
  configurable: false,
  needsUser: false,
  credentialType: 'password',
  ready: () => true,

  async decide(turn: Turn): Promise<Settled> {
    const { user } = turn.facts;
    const password = turn.login.input?.password ?? '';
    if (!password || password.length > LONGEST_INPUT) return refusedGrant('invalid_user_credentials');
    const verified = await verify(turn, { type: 'password', input: password, userId: user?.id });
    if (!user) return refusedGrant('user_not_found');
    if (verified.verdict !== 'ok') return refusedGrant(errorOf(verified));
    return { kind: 'passed', credentials: verified.has, proved: passwordProof(verified) };
  },
};
