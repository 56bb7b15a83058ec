import { generateKeyPair, randomBytes, sign, type KeyObject } from 'node:crypto';
import { promisify } from 'node:util';
import { bits, integer, nothing, oid, sequence, set, time, utf8 } from './der.js';

const BITS = 2048;
const YEARS = 10;
/** The clock of whoever reads a certificate may be behind ours. */
const SLACK_MS = 60_000;
const LONGEST_NAME = 64;

interface KeyPair {
  privateKey: KeyObject;
  /** DER. */
  certificate: Buffer;
}

interface KeyPairOptions {
  /** RSA: 2048 when nothing is said. */
  keySize?: number;
  /** Years. */
  validity?: number;
}

/** A key for RS256, and a certificate by itself that says whose it is: nobody is to trust it for more than its key. */
export async function newKeyPair(
  owner: string,
  now: Date,
  { keySize = BITS, validity = YEARS }: KeyPairOptions,
): Promise<KeyPair> {
  const { privateKey, publicKey } = await promisify(generateKeyPair)('rsa', { modulusLength: keySize });
  const until = new Date(now);
  until.setUTCFullYear(now.getUTCFullYear() + validity);
  const algorithm = sequence(oid('1.2.840.113549.1.1.11'), nothing());
  // RFC 5280 appendix A.1: a name may have 64 characters.
  const name = sequence(set(sequence(oid('2.5.4.3'), utf8(owner.slice(0, LONGEST_NAME)))));
  const content = sequence(
    serialNumber(),
    algorithm,
    name,
    sequence(time(new Date(now.getTime() - SLACK_MS)), time(until)),
    name,
    publicKey.export({ type: 'spki', format: 'der' }),
  );
  const signature = sign('sha256', content, privateKey);
  return { privateKey, certificate: sequence(content, algorithm, bits(signature)) };
}

/** RFC 5280 §4.1.2.2: positive, and not to be foreseen. */
function serialNumber(): Buffer {
  const bytes = randomBytes(16);
  bytes[0] = (bytes[0]! & 0x7f) | 0x40;
  return integer(bytes);
}
