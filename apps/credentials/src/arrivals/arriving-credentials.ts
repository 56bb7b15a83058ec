import type { ArrivingCredential, ArrivingOwner } from '@tumbler/contract-credentials';
import type { Finding } from '@tumbler/contract-rpc';
import { AppError, invalid } from '@tumbler/errors';
import { readCredential, type ReadCredential } from '../credentials/given-credentials.js';
import { brokenBy, type PasswordPolicy } from '../passwords/password-policy.js';
import { isKnownHash } from '../passwords/phc.js';

/** Types that another server knows and that are of no use here, with the reason. */
const NOT_CARRIED: Record<string, string> = {
  webauthn: 'a passkey or security key is bound to the address of the server that it was made for',
  'webauthn-passwordless': 'a passkey is bound to the address of the server that it was made for',
  'recovery-authn-codes': 'recovery codes are kept there as hashes that cannot be checked one by one here',
};

/** One credential, as it is to be kept; `from` is what it was read from. */
export type Arriving = ReadCredential & { from: ArrivingCredential };

export interface ReadOwner {
  userId: string;
  credentials: Arriving[];
}

/** Reads everything that can be kept, and tells the rest with its place. Nothing secret is repeated. */
export function readOwners(
  owners: ArrivingOwner[],
  policy: PasswordPolicy,
): { owners: ReadOwner[]; findings: Finding[] } {
  const findings: Finding[] = [];
  const read = owners.map((owner) => ({
    userId: owner.userId,
    credentials: readAll(owner, policy, findings),
  }));
  return { owners: read, findings };
}

function readAll(owner: ArrivingOwner, policy: PasswordPolicy, findings: Finding[]): Arriving[] {
  const kept: Arriving[] = [];
  const labels = new Set<string>();
  for (const from of owner.credentials) {
    const { place } = from;
    const reason = reasonToLeaveOut(from);
    if (reason) {
      findings.push({ kind: 'left_out', place, message: reason });
      continue;
    }
    try {
      const credential = { ...readOne(from), from };
      if (credential.kind === 'otp') credential.label = unlike(credential.label, labels);
      else if (kept.some(({ kind }) => kind !== 'otp')) throw invalid('A user has one password', 'type');
      if (credential.kind === 'clear-password') mustKeep(policy, credential.password, owner);
      kept.push(credential);
    } catch (error) {
      if (!(error instanceof AppError)) throw error;
      const { message = 'it cannot be read', field } = error.details;
      findings.push({ kind: 'wrong', place: [place, field].filter(Boolean).join('.'), message });
    }
  }
  return kept;
}

function reasonToLeaveOut({ type, value, credentialData }: ArrivingCredential): string | undefined {
  if (Object.hasOwn(NOT_CARRIED, type)) return NOT_CARRIED[type];
  if (type !== 'password' && type !== 'otp') return 'credentials of this type are not known here';
  if (type === 'otp' || value !== undefined) return undefined;
  const data = parsed(credentialData);
  if (!data || isKnownHash(data)) return undefined;
  return 'the password was hashed in a way that is not known here: its owner has to reset it';
}

function readOne({ type, value, secretData, credentialData, ...from }: ArrivingCredential): ReadCredential {
  const { id, userLabel, createdDate } = from;
  if (type === 'otp' && value !== undefined) throw invalid('a secret comes in secretData', 'value');
  return readCredential({
    ...{ type: type as 'password' | 'otp', id, userLabel, createdDate },
    ...(value === undefined ? { secretData, credentialData } : { value }),
  });
}

/** Labels are unique here, and were not always there: the second of a name is numbered. */
function unlike(label: string | undefined, labels: Set<string>): string | undefined {
  if (!label) return undefined;
  let name = label;
  for (let n = 2; labels.has(name); n++) name = `${label.slice(0, 240)} (${n})`;
  labels.add(name);
  return name;
}

function mustKeep(policy: PasswordPolicy, password: string, owner: ArrivingOwner): void {
  const broken = brokenBy(password, policy, { username: owner.username, email: owner.email });
  if (broken) throw invalid([broken.key, ...broken.params].join(' '), 'value');
}

function parsed(text: string | undefined): unknown {
  try {
    return JSON.parse(text ?? '');
  } catch {
    return undefined;
  }
}
