import { text } from '@tumbler/contract-flows';
import type { Decides, Settled, Turn } from '../authenticator.js';
import { line } from '../typed.js';
import { identify } from '../verify.js';

/**
 * Finds the user that a token request names. An unknown name goes on to the password all the same, since a refusal here
 * would come sooner than that of a wrong password and so tell which names exist.
 */
export const directGrantUsername: Decides = {
  kind: 'decides',
  id: 'direct-grant-validate-username',
  displayName: 'Username Validation',
  description: "Validates the username supplied as a 'username' form parameter in direct grant request",
  choices: ['REQUIRED'],
  configurable: false,
  needsUser: false,
  ready: () => true,

  async decide(turn: Turn): Promise<Settled> {
    const found = await identify(turn, line(turn.login.input?.username));
    return { kind: 'passed', found };
  },
};

/** How a token request is refused, whatever was wrong with it. */
export const refusedGrant = (error: string): Settled => ({
  kind: 'failed',
  error,
  text: text('invalidUserMessage'),
  status: 400,
});
