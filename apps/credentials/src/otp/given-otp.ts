import { invalid } from '@tumbler/errors';
import { fromBase32, IMPORTED_SECRET } from './codes.js';
import type { OtpParameters } from './parameters.js';

export interface GivenOtp {
  secret: Buffer;
  parameters: OtpParameters;
}

/**
 * An app that was set up elsewhere. Its secret is raw text unless `secretEncoding` says BASE32 (mistakes.md, Keycloak
 * #9434). Throws `invalid_request`, and repeats nothing of the secret.
 */
export function givenOtp(data: Record<string, unknown>, { value }: Record<string, unknown>): GivenOtp {
  const {
    subType = 'totp',
    algorithm = 'HmacSHA1',
    digits = 6,
    period = 30,
    counter = 0,
    secretEncoding,
  } = data;
  if (typeof value !== 'string') throw invalid('value: a secret was expected', 'secretData');
  const secret = secretEncoding === 'BASE32' ? readBase32(value) : Buffer.from(value);
  if (secret.length < IMPORTED_SECRET.min || secret.length > IMPORTED_SECRET.max)
    throw invalid(`value: from ${IMPORTED_SECRET.min} to ${IMPORTED_SECRET.max} bytes`, 'secretData');
  return {
    secret,
    parameters: {
      subType: oneOf(['totp', 'hotp'], subType, 'subType'),
      algorithm: oneOf(['HmacSHA1', 'HmacSHA256', 'HmacSHA512'], algorithm, 'algorithm'),
      digits: oneOf([6, 8], digits, 'digits'),
      period: whole(period, 'period', 1, 3600),
      counter: whole(counter, 'counter', 0, Number.MAX_SAFE_INTEGER - 1000),
    },
  };
}

function readBase32(text: string): Buffer {
  try {
    return fromBase32(text);
  } catch {
    throw invalid('value: base32 was expected', 'secretData');
  }
}

function oneOf<T>(allowed: T[], value: unknown, name: string): T {
  const found = allowed.find((one) => one === value);
  if (found === undefined) throw invalid(`${name}: one of ${allowed.join(', ')}`, 'credentialData');
  return found;
}

function whole(value: unknown, name: string, least: number, most: number): number {
  if (typeof value !== 'number' || !Number.isInteger(value) || value < least || value > most)
    throw invalid(`${name}: a whole number from ${least} to ${most}`, 'credentialData');
  return value;
}
