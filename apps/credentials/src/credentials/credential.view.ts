import type { CredentialView } from '@tumbler/contract-credentials';
import type { OtpParameters } from '../otp/parameters.js';
import type { LoadedCredential } from './accounts.js';

/** How a credential was made, never what it is (keycloak.md §5.5). */
export function credentialView(row: LoadedCredential): CredentialView {
  const { id, type, label, priority, createdAt } = row;
  return {
    id,
    type,
    ...(label ? { label } : {}),
    createdDate: createdAt.getTime(),
    priority,
    credentialData: JSON.stringify(dataOf(row)),
  };
}

/** Of a counter-based app the counter moves on with each code. */
function dataOf({ type, data, lastStep }: LoadedCredential): LoadedCredential['data'] {
  const counts = type === 'otp' && (data as OtpParameters).subType === 'hotp';
  return counts ? { ...(data as OtpParameters), counter: Number(lastStep) + 1 } : data;
}
