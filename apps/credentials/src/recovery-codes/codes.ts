import { pbkdf2, randomBytes, randomInt, timingSafeEqual } from 'node:crypto';
import { promisify } from 'node:util';

/** No O and no 0, which look alike on paper. Twelve of these are 61 bits: far above the 20 of N-10. */
const ALPHABET = 'ABCDEFGHIJKLMNPQRSTUVWXYZ123456789';
const LENGTH = 12;
const TOTAL_CODES = 12;

const SALT_BYTES = 16;
const HASH_BYTES = 32;
/** N-10: codes that nobody chose need little work to be kept from guessing. */
const ITERATIONS = 1000;

const derive = promisify(pbkdf2);

/** What a credential says of how its codes are kept; the names are those of Keycloak's `credentialData`. */
export interface RecoveryCodesData {
  algorithm: 'pbkdf2-sha512';
  hashIterations: number;
  totalCodes: number;
}

export const recoveryCodesData: RecoveryCodesData = {
  algorithm: 'pbkdf2-sha512',
  hashIterations: ITERATIONS,
  totalCodes: TOTAL_CODES,
};

/** The codes that a user is to keep, in the order in which they will be asked for. */
export const newCodes = (): string[] =>
  Array.from({ length: TOTAL_CODES }, () =>
    Array.from({ length: LENGTH }, () => ALPHABET[randomInt(ALPHABET.length)]).join(''),
  );

/** A code as it was meant: people copy it in groups and in small letters. */
export const normalised = (typed: string): string => typed.replace(/[\s-]/g, '').toUpperCase();

/** N-10: each code has a salt and a hash of its own. One after the other, `salt | hash`. */
export async function hashed(codes: string[]): Promise<Buffer> {
  return Buffer.concat(
    await Promise.all(
      codes.map(async (code) => {
        const salt = randomBytes(SALT_BYTES);
        return Buffer.concat([salt, await hash(code, salt)]);
      }),
    ),
  );
}

/** Is it the code of this number, counted from 1? A number that there is no code for costs the same. */
export async function isCode(typed: string, hashes: Buffer, number: number): Promise<boolean> {
  const size = SALT_BYTES + HASH_BYTES;
  const kept = hashes.subarray((number - 1) * size, number * size);
  const known = kept.length === size;
  const [salt, wanted] = known
    ? [kept.subarray(0, SALT_BYTES), kept.subarray(SALT_BYTES)]
    : [Buffer.alloc(SALT_BYTES), Buffer.alloc(HASH_BYTES)];
  return timingSafeEqual(await hash(normalised(typed), salt), wanted) && known;
}

const hash = (code: string, salt: Buffer): Promise<Buffer> =>
  derive(code, salt, ITERATIONS, HASH_BYTES, 'sha512');
