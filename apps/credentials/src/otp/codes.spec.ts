import { describe, expect, it } from 'vitest';
import {
  codeAt,
  fromBase32,
  matchingStep,
  newSecret,
  normalised,
  stepAt,
  stepsAround,
  toBase32,
} from './codes.js';
import type { OtpParameters } from './parameters.js';

const SEED = '1234567890'.repeat(7);
const seed = (bytes: number) => Buffer.from(SEED.slice(0, bytes));

const totp: OtpParameters = { subType: 'totp', algorithm: 'HmacSHA1', digits: 6, period: 30, counter: 0 };
const hotp: OtpParameters = { ...totp, subType: 'hotp' };
const at = (seconds: number) => new Date(seconds * 1000);

describe('HOTP (RFC 4226 appendix D)', () => {
  const CODES = '755224 287082 359152 969429 338314 254676 287922 162583 399871 520489'.split(' ');

  it.each(CODES.map((code, counter) => ({ counter, code })))(
    'H-02: counter $counter gives $code',
    ({ counter, code }) => {
      expect(codeAt(seed(20), hotp, counter)).toBe(code);
    },
  );

  it('H-04, H-06: looks from the next counter as far ahead as the window goes, and no further', () => {
    const match = (counter: number) =>
      matchingStep(CODES[counter]!, seed(20), hotp, { now: at(0), window: 2, lastStep: 3 });
    expect([4, 5, 6].map(match)).toEqual([4, 5, 6]);
    expect([0, 1, 2, 7, 8, 9].map(match)).toEqual(Array(6).fill(undefined));
  });

  it('recognises the counter that was spent last, so that its own attempt can be answered again', () => {
    expect(matchingStep(CODES[3]!, seed(20), hotp, { now: at(0), window: 1, lastStep: 3 })).toBe(3);
  });

  it('never looks below zero', () => {
    expect(stepsAround(hotp, { now: at(0), window: 1, lastStep: -1 })).toEqual([0, 1]);
  });
});

describe('TOTP (RFC 6238 appendix B)', () => {
  const TIMES = [59, 1111111109, 1111111111, 1234567890, 2000000000, 20000000000];
  const VECTORS = {
    HmacSHA1: { bytes: 20, codes: '94287082 07081804 14050471 89005924 69279037 65353130' },
    HmacSHA256: { bytes: 32, codes: '46119246 68084774 67062674 91819424 90698825 77737706' },
    HmacSHA512: { bytes: 64, codes: '90693936 25091201 99943326 93441116 38618901 47863826' },
  } as const;
  const cases = (['HmacSHA1', 'HmacSHA256', 'HmacSHA512'] as const).flatMap((algorithm) =>
    VECTORS[algorithm].codes.split(' ').map((code, i) => ({
      algorithm,
      code,
      time: TIMES[i]!,
      secret: seed(VECTORS[algorithm].bytes),
    })),
  );

  it.each(cases)('T-01, T-02: $algorithm at $time gives $code', ({ algorithm, code, time, secret }) => {
    const parameters: OtpParameters = { ...totp, algorithm, digits: 8 };
    expect(codeAt(secret, parameters, stepAt(parameters, at(time)))).toBe(code);
    expect(matchingStep(code, secret, parameters, { now: at(time), window: 0, lastStep: -1 })).toBe(
      Math.floor(time / 30),
    );
  });

  it.each([
    { window: 0, accepted: [100] },
    { window: 1, accepted: [99, 100, 101] },
    { window: 2, accepted: [98, 99, 100, 101, 102] },
  ])('T-04: a window of $window looks at $accepted', ({ window, accepted }) => {
    const matches = [96, 97, 98, 99, 100, 101, 102, 103, 104].filter(
      (step) =>
        matchingStep(codeAt(seed(20), totp, step), seed(20), totp, {
          now: at(3015),
          window,
          lastStep: -1,
        }) === step,
    );
    expect(matches).toEqual(accepted);
  });

  it('keeps the period it was made with', () => {
    expect(stepAt({ period: 60 }, at(119))).toBe(1);
    expect(stepAt({ period: 45 }, at(90))).toBe(2);
  });
});

describe('a secret', () => {
  it.each([
    ['HmacSHA1', 20],
    ['HmacSHA256', 32],
    ['HmacSHA512', 64],
  ] as const)('T-02, H-01: for %s has %i bytes, and never the same ones', (algorithm, bytes) => {
    expect(newSecret(algorithm)).toHaveLength(bytes);
    expect(newSecret(algorithm)).not.toEqual(newSecret(algorithm));
  });

  it.each([
    [20, 'GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ'],
    [32, 'GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQGEZA'],
    [64, 'GEZDGNBVGY3TQOJQ'.repeat(6) + 'GEZDGNA'],
  ])('U-03: of %i bytes is written in base32 without padding', (bytes, text) => {
    expect(toBase32(seed(bytes))).toBe(text);
    expect(fromBase32(text)).toEqual(seed(bytes));
    expect(fromBase32(`${text.toLowerCase().replace(/(.{4})/g, '$1 ')}==`)).toEqual(seed(bytes));
  });
});

describe('what is typed as a code', () => {
  it.each([
    ['123456', '123456'],
    [' 123 456 ', '123456'],
    ['123\u00a0456', '123456'],
    ['012345', '012345'],
    ['12345', undefined],
    ['1234567', undefined],
    ['', undefined],
    ['12345a', undefined],
    ['-12345', undefined],
    ['1e0000', undefined],
    ['١٢٣٤٥٦', undefined],
    ['１２３４５６', undefined],
  ])('%j is read as %j', (typed, code) => {
    expect(normalised(typed, 6)).toBe(code);
  });
});
