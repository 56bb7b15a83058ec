import { toBase32 } from './codes.js';
import type { OtpParameters } from './parameters.js';

/** What one popular app cuts (2FAS); shorter texts also keep the QR code small. */
const LONGEST_ISSUER = 30;
const LONGEST_ACCOUNT = 50;

export interface OtpauthLabel {
  /** The realm. */
  issuer: string;
  /** The username. */
  account: string;
}

/**
 * `otpauth://totp/{issuer}:{account}?secret=…&issuer=…&algorithm=SHA1&digits=6&period=30`, in the form that every app we
 * know of reads (U-01 to U-06). A secret (U-09).
 */
export function otpauthUri(secret: Buffer, parameters: OtpParameters, label: OtpauthLabel): string {
  const issuer = encodeURIComponent(readable(label.issuer, LONGEST_ISSUER) || 'Tumbler');
  const account = encodeURIComponent(readable(label.account, LONGEST_ACCOUNT) || 'user');
  const { subType, algorithm, digits, period, counter } = parameters;
  const query = [
    `secret=${toBase32(secret)}`,
    `issuer=${issuer}`,
    `algorithm=${algorithm.replace('Hmac', '')}`,
    `digits=${digits}`,
    // Aegis refuses a counter-based URI without a counter, FreeOTP assumes 0 and 2FAS 1.
    subType === 'hotp' ? `counter=${counter}` : `period=${period}`,
  ];
  return `otpauth://${subType}/${issuer}:${account}?${query.join('&')}`;
}

/**
 * A colon separates issuer and account (FreeOTP refuses a second one, Aegis misreads it), and 2FAS decodes the whole URI
 * before it takes it apart, so that an encoded `&`, `?`, `#` or `/` breaks it. All of them become spaces.
 */
function readable(text: string, longest: number): string {
  const clean = text
    .replace(/[:&?#/\p{Cc}\p{Cs}]/gu, ' ')
    .replace(/\s+/g, ' ')
    .trim();
  return cut(clean, longest).trim();
}

/** Never through the middle of an emoji or an accented letter. */
function cut(text: string, longest: number): string {
  let kept = '';
  for (const { segment } of new Intl.Segmenter(undefined, { granularity: 'grapheme' }).segment(text)) {
    if (kept.length + segment.length > longest) break;
    kept += segment;
  }
  return kept;
}
