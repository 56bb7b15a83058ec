import { describe, expect, it } from 'vitest';
import { otpauthUri } from './otpauth-uri.js';
import type { OtpParameters } from './parameters.js';

const secret = Buffer.from('12345678901234567890');
const totp: OtpParameters = { subType: 'totp', algorithm: 'HmacSHA1', digits: 6, period: 30, counter: 0 };
const uri = (issuer: string, account: string, changes: Partial<OtpParameters> = {}) =>
  otpauthUri(secret, { ...totp, ...changes }, { issuer, account });

describe('an otpauth URI', () => {
  it('U-01, U-04, U-05: says everything, in the order that every app reads', () => {
    expect(uri('Acme', 'ann')).toBe(
      'otpauth://totp/Acme:ann?secret=GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ&issuer=Acme&algorithm=SHA1&digits=6&period=30',
    );
  });

  it('U-05: always tells the counter of a counter-based one, and no period', () => {
    expect(uri('Acme', 'ann', { subType: 'hotp', algorithm: 'HmacSHA256', digits: 8, counter: 7 })).toBe(
      'otpauth://hotp/Acme:ann?secret=GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ&issuer=Acme&algorithm=SHA256&digits=8&counter=7',
    );
  });

  it.each([
    ['U-06: a space is %20 and never +', 'My Realm', 'ann b', 'My%20Realm', 'ann%20b'],
    ['U-06: é', 'Café', 'rené', 'Caf%C3%A9', 'ren%C3%A9'],
    ['U-06: an emoji', '🔐 Safe', 'ann', '%F0%9F%94%90%20Safe', 'ann'],
    ['U-06: &, /, # and ? become spaces', 'R&D/x#1?', 'a&b', 'R%20D%20x%201', 'a%20b'],
    ['U-02: neither part keeps a colon', 'Acme: Tools', 'corp:ann', 'Acme%20Tools', 'corp%20ann'],
    ['an address keeps its @ and +', 'Acme', 'ann+otp@example.com', 'Acme', 'ann%2Botp%40example.com'],
    ['a percent sign is no escape', '100%25', 'ann', '100%2525', 'ann'],
    ['half a character is none', 'A\ud800b', 'ann\n', 'A%20b', 'ann'],
    ['nothing that is left becomes a word', ':::', '#', 'Tumbler', 'user'],
  ])('%s', (_, issuer, account, wantIssuer, wantAccount) => {
    const made = uri(issuer, account);
    expect(made).toContain(`otpauth://totp/${wantIssuer}:${wantAccount}?`);
    expect(made).toContain(`&issuer=${wantIssuer}&`);
    const read = new URL(made);
    expect(read.searchParams.get('issuer')).toBe(decodeURIComponent(wantIssuer));
    expect(read.pathname.split(':')).toHaveLength(2);
  });

  it('cuts the issuer at 30 and the account at 50 characters, and no emoji in two', () => {
    const made = uri('i'.repeat(29) + '👩‍👩‍👧', 'a'.repeat(60));
    expect(made).toContain(`/${'i'.repeat(29)}:${'a'.repeat(50)}?`);
  });
});
