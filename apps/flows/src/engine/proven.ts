import type { CredentialSummary } from '@tumbler/contract-credentials';
import type { LoginUser } from '@tumbler/contract-users';
import type { Proof } from '../authenticators/authenticator.js';

/** What a user has proven in a login, when, and of a password which one it was. */
export interface Proven extends Proof {
  /** Seconds since 1970. */
  at?: number;
  setAt?: number;
}

/** @param credentials that the user has from then on: what was taken away by proving with it is not waited for. */
export function proven(
  { credentialId, ...proof }: Proof,
  credentials: CredentialSummary[],
  at: number,
): Proven {
  const kept = credentials.find(({ id }) => id === credentialId);
  if (!kept) return { ...proof, at };
  return { ...proof, credentialId, at, ...(kept.setAt === undefined ? {} : { setAt: kept.setAt }) };
}

interface Proofs {
  user?: Pick<LoginUser, 'notBefore'>;
  proofs: readonly Proven[];
  credentials: readonly CredentialSummary[];
}

/**
 * Does everything still count? A password that was changed, a device that was taken away and a sign-out everywhere end
 * the sessions that came by them; a login that is half-way has to go the same way. Recovery codes are spent by being
 * given, the last one of them with the whole credential.
 */
export const stillCount = ({ user, proofs, credentials }: Proofs): boolean =>
  proofs.every(({ type, credentialId, at, setAt }) => {
    if (type === 'email') return true;
    if (user && at !== undefined && at < user.notBefore) return false;
    if (type === 'recovery-authn-codes' || credentialId === undefined) return true;
    const now = credentials.find(({ id }) => id === credentialId);
    return now !== undefined && (setAt === undefined || now.setAt === setAt);
  });
