import { credentials, type CredentialType, type Verified } from '@tumbler/contract-credentials';
import { users, type FoundUser } from '@tumbler/contract-users';
import type { Proof, Turn } from './authenticator.js';

/** Nothing longer can be right, and what is longer is not sent on. */
const LONGEST_NAME = 255;
export const LONGEST_INPUT = 4096;

interface Claim {
  type: CredentialType;
  input: string;
  userId?: string;
  /** Which of several; the default one when absent. */
  credentialId?: string;
  /** As typed; it belongs to the attempt. */
  name?: string;
}

/** Asks credentials whether the user can prove it. */
export async function verify(turn: Turn, { name = '', ...claim }: Claim): Promise<Verified> {
  const { realm, visitor } = turn.login;
  const verified = await turn.bus.call(credentials.verify, {
    realmId: realm.id,
    ...claim,
    attempt: turn.attempt(claim.type, claim.credentialId ?? '', name, claim.input),
    ...(visitor.address ? { address: visitor.address } : {}),
  });
  if (verified.lockedForGood && claim.userId) {
    await turn.bus.call(users.update, {
      realmId: realm.id,
      userId: claim.userId,
      fields: { enabled: false },
    });
  }
  return verified;
}

/** Why it was not accepted, in the words of events. */
export const errorOf = ({ verdict }: Verified): string =>
  verdict === 'locked' ? 'user_temporarily_disabled' : 'invalid_user_credentials';

export type PasswordCheck = { found?: FoundUser } & (
  { ok: true; verified: Verified; proved: Proof } | { ok: false; error: string }
);

/**
 * Whose password is it? For a name that nobody has the same question is asked without a user: it costs and takes as
 * much, so that nobody learns which names exist (mistakes.md: "`invalid` must cost the same time and text").
 */
export async function checkNameAndPassword(
  turn: Turn,
  name: string,
  password: string,
): Promise<PasswordCheck> {
  const found = await identify(turn, name);
  const userId = found?.user?.id;
  const verified = await verify(turn, { type: 'password', input: password, userId, name });
  if (!found?.user) return { ok: false, found, error: 'user_not_found' };
  if (verified.verdict !== 'ok') return { ok: false, found, error: errorOf(verified) };
  // Said only to somebody who knows the password.
  if (!found.user.enabled) return { ok: false, found, error: 'user_disabled' };
  return { ok: true, found, verified, proved: passwordProof(verified) };
}

/** Who is meant by a name; nobody, by one that no user can have. */
export async function identify({ bus, login }: Turn, name: string): Promise<FoundUser | undefined> {
  if (name.length === 0 || name.length > LONGEST_NAME) return undefined;
  return bus.call(users.identify, { realmId: login.realm.id, name });
}

export const passwordProof = ({ credentialId }: Verified): Proof => ({
  type: 'password',
  amr: 'pwd',
  ...(credentialId ? { credentialId } : {}),
});

export const otpProof = ({ credentialId }: Verified): Proof => ({
  type: 'otp',
  amr: 'otp',
  ...(credentialId ? { credentialId } : {}),
});

/** A code as it was meant: people type it in groups. */
export const tidyCode = (typed: string): string => typed.replace(/\s/g, '');
