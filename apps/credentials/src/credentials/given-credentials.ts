import type { GivenCredential } from '@tumbler/contract-credentials';
import { invalid } from '@tumbler/errors';
import { givenOtp, type GivenOtp } from '../otp/given-otp.js';
import { phcOfKeycloak } from '../passwords/phc.js';

/** A representation, read and found good, before anything is written. */
export type ReadCredential =
  | { kind: 'clear-password'; password: string }
  | { kind: 'password-hash'; phc: string }
  | ({ kind: 'otp'; id?: string; label?: string; createdDate?: number } & GivenOtp);

/** Throws `invalid_request`, and repeats nothing secret. */
export function readCredential(given: GivenCredential): ReadCredential {
  const { id, type, value, userLabel, createdDate } = given;
  if (type === 'password') {
    if (value !== undefined) return { kind: 'clear-password', password: value };
    return { kind: 'password-hash', phc: phcOfKeycloak(data(given), secret(given)) };
  }
  if (type === 'otp')
    return {
      kind: 'otp',
      id,
      label: userLabel?.trim(),
      createdDate,
      ...givenOtp(data(given), secret(given)),
    };
  throw invalid(`Credentials of type ${type} cannot be given`, 'type');
}

const data = ({ credentialData }: GivenCredential) => json(credentialData, 'credentialData');
const secret = ({ secretData }: GivenCredential) => json(secretData, 'secretData');

function json(text: string | undefined, field: string): Record<string, unknown> {
  try {
    const read: unknown = JSON.parse(text ?? '');
    if (typeof read === 'object' && read !== null) return { ...read };
  } catch {
    // The parser's own message would repeat a part of the text.
  }
  throw invalid(`${field}: a JSON object was expected`, field);
}
