import { createHash, createHmac, randomBytes, type KeyObject } from 'node:crypto';
import { bigEndian, bmp, explicit, integer, nothing, octets, oid, sequence, set } from './der.js';

const PKCS7_DATA = '1.2.840.113549.1.7.1';
const SHROUDED_KEY = '1.2.840.113549.1.12.10.1.2';
const CERTIFICATE = '1.2.840.113549.1.12.10.1.3';
const X509 = '1.2.840.113549.1.9.22.1';
const FRIENDLY_NAME = '1.2.840.113549.1.9.20';
const LOCAL_KEY_ID = '1.2.840.113549.1.9.21';
/** By this, Java takes a certificate that has no key for one that it is to trust. */
const TRUSTED_KEY_USAGE = '2.16.840.1.113894.746875.1.1';
const ANY_USAGE = '2.5.29.37.0';
const SHA256 = '2.16.840.1.101.3.4.2.1';
const ITERATIONS = 10_000;

/** What a key store holds under one name. */
export interface Entry {
  alias: string;
  /** DER. */
  certificate: Buffer;
  key?: { privateKey: KeyObject; password: string };
}

/** A key store that OpenSSL and Java open (RFC 7292): keys are encrypted, certificates are not, and all of it is authenticated. */
export function pkcs12(entries: Entry[], password: string): Buffer {
  const contents = sequence(...entries.map((entry) => data(sequence(...bagsOf(entry)))));
  const salt = randomBytes(20);
  const key = macKey(password, salt);
  const mac = createHmac('sha256', key).update(contents).digest();
  const digest = sequence(sequence(oid(SHA256), nothing()), octets(mac));
  return sequence(integer(3), data(contents), sequence(digest, octets(salt), integer(ITERATIONS)));
}

function bagsOf({ alias, certificate, key }: Entry): Buffer[] {
  const name = attribute(FRIENDLY_NAME, bmp(alias));
  const held = sequence(oid(X509), explicit(0, octets(certificate)));
  if (!key) return [bag(CERTIFICATE, held, [name, attribute(TRUSTED_KEY_USAGE, oid(ANY_USAGE))])];
  const shrouded = key.privateKey.export({
    ...{ type: 'pkcs8', format: 'der', cipher: 'aes-256-cbc', passphrase: key.password },
  });
  const belongs = attribute(LOCAL_KEY_ID, octets(createHash('sha1').update(certificate).digest()));
  return [bag(SHROUDED_KEY, shrouded, [name, belongs]), bag(CERTIFICATE, held, [name, belongs])];
}

const data = (content: Buffer): Buffer => sequence(oid(PKCS7_DATA), explicit(0, octets(content)));
const bag = (kind: string, value: Buffer, attributes: Buffer[]): Buffer =>
  sequence(oid(kind), explicit(0, value), set(...attributes));
const attribute = (name: string, value: Buffer): Buffer => sequence(oid(name), set(value));

/** RFC 7292 appendix B.2, for a key of authentication that is as long as one hash. */
function macKey(password: string, salt: Buffer): Buffer {
  const block = 64;
  const filled = (bytes: Buffer) => Buffer.alloc(Math.ceil(bytes.length / block) * block, bytes);
  const authenticates = Buffer.alloc(block, 3);
  let hash = Buffer.concat([authenticates, filled(salt), filled(bigEndian(`${password}\0`))]);
  for (let round = 0; round < ITERATIONS; round++) hash = createHash('sha256').update(hash).digest();
  return hash;
}
