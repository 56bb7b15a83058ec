import { randomBytes, randomUUID } from 'node:crypto';
import { Keyring, SealBroken } from '@tumbler/sealing';
import { expect, it } from 'vitest';
import { Vault, type Place } from './vault.js';

const key = (id: string) => `${id}:${randomBytes(32).toString('base64')}`;
const secret = Buffer.from('12345678901234567890');
const place: Place = { realmId: randomUUID(), userId: randomUUID(), credentialId: randomUUID() };

it.each(['realmId', 'userId', 'credentialId'] as const)(
  'opens no secret that was moved to another %s',
  (part) => {
    const vault = new Vault(Keyring.fromText(key('k1')));
    const sealed = vault.seal(secret, place);
    expect(vault.open(sealed, place)).toEqual(secret);
    expect(() => vault.open(sealed, { ...place, [part]: randomUUID() })).toThrow(SealBroken);
  },
);

it('opens with the old key what was sealed before a new one came (ASVS 13.3.4)', () => {
  const [old, fresh] = [key('old'), key('new')];
  const sealed = new Vault(Keyring.fromText(old)).seal(secret, place);
  const rotated = new Vault(Keyring.fromText(`${fresh},${old}`));
  expect(rotated.open(sealed, place)).toEqual(secret);
  expect(rotated.seal(secret, place).keyId).toBe('new');
});
