import { LocalBus } from '@tumbler/bus';
import {
  credentials,
  type CredentialSummary,
  type CredentialType,
  type Verified,
} from '@tumbler/contract-credentials';
import { users, type FoundUser } from '@tumbler/contract-users';

/** Whom a simulation is about. */
export interface Somebody {
  found: FoundUser;
  credentials: CredentialSummary[];
}

/**
 * The services that a login asks, as far as a simulation needs them: they know one user, believe or disbelieve what is
 * typed as they are told, and keep nothing. Whatever else a step asks is not answered, so that nothing can be done by it.
 */
export function pretendedServices(
  { found, credentials: has }: Somebody,
  isWrong: (type?: CredentialType) => boolean,
): LocalBus {
  return (
    new LocalBus()
      .stub(users.identify, () => (isWrong() ? { ...found, user: null } : found))
      .stub(users.get, () => found)
      // Whatever a realm asks of somebody new, whom it is about has told it.
      .stub(users.userProfile, () => ({ attributes: [] }))
      .stub(users.create, () => ({ id: found.user?.id ?? '' }))
      .stub(credentials.setPassword, () => ({ kind: 'ok' }))
      .stub(credentials.has, () => has)
      .stub(credentials.verify, ({ type }): Verified => {
        const own = has.find((credential) => credential.type === type);
        return own && !isWrong(type)
          ? { verdict: 'ok', has, credentialId: own.id }
          : { verdict: 'wrong', has: [] };
      })
  );
}
