import { randomBytes, timingSafeEqual } from 'node:crypto';
import { createGuardrails, generateSync, ScureBase32Plugin } from 'otplib';
import type { OtpParameters } from './parameters.js';

const HASHES = { HmacSHA1: 'sha1', HmacSHA256: 'sha256', HmacSHA512: 'sha512' } as const;
/** As long as the output of the hash (T-02, RFC 6238 §5.1; H-01). */
const SECRET_BYTES = { HmacSHA1: 20, HmacSHA256: 32, HmacSHA512: 64 } as const;

/** Secrets that were made elsewhere may be shorter than those we make. */
export const IMPORTED_SECRET = { min: 10, max: 128 };
const guardrails = createGuardrails({
  MIN_SECRET_BYTES: IMPORTED_SECRET.min,
  MAX_SECRET_BYTES: IMPORTED_SECRET.max,
});
const base32 = new ScureBase32Plugin();

export const newSecret = (algorithm: OtpParameters['algorithm']): Buffer =>
  randomBytes(SECRET_BYTES[algorithm]);

export const toBase32 = (secret: Buffer): string => base32.encode(secret, { padding: false });

/** Throws on what is no base32. Case, spaces and padding do not matter (U-03). */
export const fromBase32 = (text: string): Buffer =>
  Buffer.from(base32.decode(text.replace(/[\s=]/g, '').toUpperCase()));

/** The digits of what was typed (`123 456`), or nothing where it cannot be a code. Digits of other scripts are none. */
export function normalised(typed: string, digits: number): string | undefined {
  const code = typed.replace(/\s/g, '');
  return code.length === digits && /^[0-9]+$/.test(code) ? code : undefined;
}

/** The code of a time step (TOTP) or a counter (HOTP): TOTP is HOTP over the number of the step (RFC 6238 §4.2). */
export function codeAt(secret: Buffer, { algorithm, digits }: OtpParameters, step: number): string {
  return generateSync({
    strategy: 'hotp',
    secret,
    counter: step,
    algorithm: HASHES[algorithm],
    digits,
    guardrails,
  });
}

/** T-01: time steps since 1970. */
export const stepAt = ({ period }: Pick<OtpParameters, 'period'>, now: Date): number =>
  Math.floor(now.getTime() / 1000 / period);

export interface LookAround {
  now: Date;
  /** Steps before and after now (TOTP) or counters ahead (HOTP). */
  window: number;
  /** The last step, or counter, that was spent. */
  lastStep: number;
}

/** The steps whose codes are looked at. HOTP: also the last one spent, so that the attempt that spent it is recognised. */
export function stepsAround(parameters: OtpParameters, { now, window, lastStep }: LookAround): number[] {
  const [from, to] =
    parameters.subType === 'hotp'
      ? [lastStep, lastStep + 1 + window]
      : [stepAt(parameters, now) - window, stepAt(parameters, now) + window];
  const first = Math.max(from, 0);
  return Array.from({ length: to - first + 1 }, (_, i) => first + i);
}

/**
 * Answers the step that a code belongs to: one that is not spent yet where there is one. Every step of the window is
 * compared whatever was found before, so that time tells nothing (ASVS 11.2.4).
 */
export function matchingStep(
  typed: string,
  secret: Buffer,
  parameters: OtpParameters,
  lookAround: LookAround,
): number | undefined {
  const code = normalised(typed, parameters.digits);
  // Something of the right length is compared all the same: a malformed code costs what a wrong one costs.
  const candidate = Buffer.from(code ?? 'x'.repeat(parameters.digits));
  const matches = stepsAround(parameters, lookAround).filter((step) =>
    timingSafeEqual(Buffer.from(codeAt(secret, parameters, step)), candidate),
  );
  return matches.find((step) => step > lookAround.lastStep) ?? matches.at(-1);
}
