import { pbkdf2Sync } from 'node:crypto';
import { hashRawSync } from '@node-rs/argon2';
import { describe, expect, it } from 'vitest';
import { CredentialsConfig } from '../config.js';
import { PasswordHashes } from './password-hashes.js';
import { dataOf, phcOfKeycloak, readPhc } from './phc.js';

const hashes = new PasswordHashes(new CredentialsConfig());
const salt = Buffer.from('0123456789abcdef');

const argon2Data = {
  hashIterations: 5,
  algorithm: 'argon2',
  additionalParameters: {
    hashLength: ['32'],
    memory: ['7168'],
    type: ['id'],
    version: ['1.3'],
    parallelism: ['1'],
  },
} as const;

describe('a password hash', () => {
  it('is argon2id with m=7168, t=5, p=1 unless configured (C-06)', async () => {
    expect(await hashes.make('correct horse')).toMatch(
      /^\$argon2id\$v=19\$m=7168,t=5,p=1\$[^$]{22}\$[^$]{43}$/,
    );
  });

  it('fits its own password, to the last character (ASVS 6.2: no truncation)', async () => {
    const long = 'é'.repeat(255);
    const phc = await hashes.make(`${long}a`);
    expect(await hashes.matches(`${long}a`, phc)).toBe(true);
    expect(await hashes.matches(`${long}b`, phc)).toBe(false);
    expect(await hashes.matches(long, phc)).toBe(false);
  });

  it('never looks the same twice', async () => {
    expect(await hashes.make('correct horse')).not.toBe(await hashes.make('correct horse'));
  });

  it('fits nobody where there is nobody', async () => {
    expect(await hashes.pretend('correct horse')).toBe(false);
  });

  it.each([
    ['$argon2id$v=19$m=7168,t=5,p=1$c2FsdHNhbHQ$aGFzaA', false],
    ['$argon2id$v=19$m=19456,t=2,p=1$c2FsdHNhbHQ$aGFzaA', false],
    ['$argon2id$v=19$m=47104,t=1,p=1$c2FsdHNhbHQ$aGFzaA', false],
    ['$argon2id$v=19$m=7168,t=4,p=1$c2FsdHNhbHQ$aGFzaA', true],
    ['$argon2id$v=16$m=7168,t=5,p=1$c2FsdHNhbHQ$aGFzaA', true],
    ['$argon2i$v=19$m=7168,t=5,p=1$c2FsdHNhbHQ$aGFzaA', true],
    ['$pbkdf2-sha512$i=210000$c2FsdHNhbHQ$aGFzaA', true],
  ])('%s is weak: %s', (phc, weak) => {
    expect(hashes.isWeak(phc)).toBe(weak);
  });
});

describe('a hash from a Keycloak export (keycloak.md §5.5)', () => {
  it('made by argon2 fits, and looks the same when it is listed', async () => {
    const value = hashRawSync('pass word', { memoryCost: 7168, timeCost: 5, parallelism: 1, salt });
    const phc = phcOfKeycloak(argon2Data, { value: value.toString('base64'), salt: salt.toString('base64') });
    expect(await hashes.matches('pass word', phc)).toBe(true);
    expect(await hashes.matches('pass-word', phc)).toBe(false);
    expect(hashes.isWeak(phc)).toBe(false);
    expect(dataOf(phc)).toEqual(argon2Data);
  });

  it.each([
    ['pbkdf2', 'sha1'],
    ['pbkdf2-sha256', 'sha256'],
    ['pbkdf2-sha512', 'sha512'],
  ])('made by %s fits', async (algorithm, digest) => {
    const data = { hashIterations: 1000, algorithm, additionalParameters: {} };
    const value = pbkdf2Sync('pass word', salt, 1000, 64, digest);
    const phc = phcOfKeycloak(data, { value: value.toString('base64'), salt: salt.toString('base64') });
    expect(await hashes.matches('pass word', phc)).toBe(true);
    expect(await hashes.matches('pass-word', phc)).toBe(false);
    expect(hashes.isWeak(phc)).toBe(true);
    expect(dataOf(phc)).toEqual(data);
    expect(readPhc(phc)).toMatchObject({ salt, hash: value });
  });

  const secret = { value: Buffer.alloc(32).toString('base64'), salt: salt.toString('base64') };
  it.each([
    ['an unknown algorithm', { ...argon2Data, algorithm: 'md5' }, secret],
    ['no iterations', { ...argon2Data, hashIterations: 0 }, secret],
    ['endless iterations', { ...argon2Data, hashIterations: 1e9 }, secret],
    [
      'endless memory',
      { ...argon2Data, additionalParameters: { ...argon2Data.additionalParameters, memory: ['99999999'] } },
      secret,
    ],
    ['no salt', argon2Data, { value: secret.value }],
    ['no value', argon2Data, { salt: secret.salt }],
    ['nothing', null, undefined],
  ])('with %s is refused without repeating it', (_, data, given) => {
    expect(() => phcOfKeycloak(data, given)).toThrow(expect.objectContaining({ code: 'invalid_request' }));
  });
});
