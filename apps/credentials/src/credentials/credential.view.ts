import type { CredentialView } from '@tumbler/contract-credentials';
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

/** The counter of an app moves on with each code, and of recovery codes one fewer is left. */
function dataOf({ data, lastStep }: LoadedCredential): object {
  if ('subType' in data && data.subType === 'hotp') return { ...data, counter: Number(lastStep) + 1 };
  if ('totalCodes' in data) return { ...data, remainingCodes: data.totalCodes - Number(lastStep) };
  return data;
}
