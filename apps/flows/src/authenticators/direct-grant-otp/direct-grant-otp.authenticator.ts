import { hasCredential } from '../../engine/facts.js';
import type { Decides, Settled, Turn } from '../authenticator.js';
import { refusedGrant } from '../direct-grant-username/direct-grant-username.authenticator.js';
import { errorOf, otpProof, tidyCode, verify } from '../verify.js';

/** Checks the code that a token request brought as `otp` or `totp`, always of the user's default device (keycloak.md §0.1, 8). */
export const directGrantOtp: Decides = {
  kind: 'decides',
  id: 'direct-grant-validate-otp',
  displayName: 'OTP',
  description: "Validates the one time password supplied as a 'totp' form parameter in direct grant request",
  choices: ['REQUIRED', 'ALTERNATIVE', 'DISABLED'],
  configurable: false,
  needsUser: true,
  credentialType: 'otp',
  ready: (facts) => hasCredential(facts, 'otp'),

  async decide(turn: Turn): Promise<Settled> {
    const { otp, totp } = turn.login.input ?? {};
    const code = tidyCode(otp ?? totp ?? '');
    if (!code || code.length > 64) return refusedGrant('invalid_user_credentials');
    const verified = await verify(turn, { type: 'otp', input: code, userId: turn.facts.user?.id });
    if (verified.verdict !== 'ok') return refusedGrant(errorOf(verified));
    return { kind: 'passed', credentials: verified.has, proved: otpProof(verified) };
  },
};
