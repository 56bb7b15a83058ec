import { createHmac } from 'node:crypto';

/** The code of an authenticator app (RFC 6238, SHA-1, 6 digits, 30 s); written apart from the server's, for the load only. */
export function totp(key, at = Date.now()) {
  const step = Buffer.alloc(8);
  step.writeBigUInt64BE(BigInt(Math.floor(at / 30_000)));
  const mac = createHmac('sha1', key).update(step).digest();
  const offset = mac[19] & 0xf;
  return String((mac.readUInt32BE(offset) & 0x7fffffff) % 1_000_000).padStart(6, '0');
}
