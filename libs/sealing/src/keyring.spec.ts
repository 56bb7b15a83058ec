import { randomBytes } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { Keyring, SealBroken } from './keyring.js';

const key = (id: string) => `${id}:${randomBytes(32).toString('base64')}`;
const plain = Buffer.from('12345678901234567890');

describe('a sealed value', () => {
  const keyring = Keyring.fromText(key('k1'));

  it('opens where it belongs', () => {
    expect(keyring.open(keyring.seal(plain, 'realm/ann/1'), 'realm/ann/1')).toEqual(plain);
  });

  it('does not open in the row of another user', () => {
    const sealed = keyring.seal(plain, 'realm/ann/1');
    expect(() => keyring.open(sealed, 'realm/bob/1')).toThrow(SealBroken);
  });

  it('does not open once a single bit of it was changed', () => {
    const sealed = keyring.seal(plain, 'place');
    for (let byte = 0; byte < sealed.data.length; byte++) {
      const data = Buffer.from(sealed.data);
      data[byte] = data[byte]! ^ 1;
      expect(() => keyring.open({ ...sealed, data }, 'place')).toThrow(SealBroken);
    }
  });

  it('never looks the same twice', () => {
    expect(keyring.seal(plain, 'place').data).not.toEqual(keyring.seal(plain, 'place').data);
  });

  it('opens with the old key while a new key seals, and not after the old key is gone', () => {
    const [old, fresh] = [key('old'), key('new')];
    const before = Keyring.fromText(old).seal(plain, 'place');
    const rotated = Keyring.fromText(`${fresh},${old}`);
    expect(rotated.open(before, 'place')).toEqual(plain);
    expect(rotated.seal(plain, 'place').keyId).toBe('new');
    expect(() => Keyring.fromText(fresh).open(before, 'place')).toThrow(SealBroken);
  });
});

describe('a keyring', () => {
  it.each(['', 'k1', 'k1:', 'k1:c2hvcnQ=', ':AAAA'])('refuses %j without repeating it', (text) => {
    expect(() => Keyring.fromText(text)).toThrow(/32 bytes/);
  });

  it('derives the same key for the same purpose and another for another', () => {
    const keyring = Keyring.fromText(key('k1'));
    expect(keyring.derive('cookies')).toEqual(keyring.derive('cookies'));
    expect(keyring.derive('cookies')).not.toEqual(keyring.derive('forms'));
  });
});
