import { pbkdf2Sync, randomUUID } from 'node:crypto';
import { credentials, type ArrivingCredential, type ArrivingOwner } from '@tumbler/contract-credentials';
import { hash } from '@node-rs/argon2';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { codeAt } from '../otp/codes.js';
import { readPhc } from '../passwords/phc.js';
import { testCredentials, type TestCredentials } from '../testing/test-credentials.js';

let service: TestCredentials;
beforeAll(async () => void (service = await testCredentials()));
afterAll(() => service.close());

const RAW = 'x7Kq2mPz9LwR4tYv8BnC';
const PASSWORD = 'correct horse';
const totp = { subType: 'totp', algorithm: 'HmacSHA1', digits: 6, period: 30, counter: 0 } as const;
const json = JSON.stringify;

let places = 0;
const credential = (more: Partial<ArrivingCredential>): ArrivingCredential => ({
  ...{ place: `c${++places}`, type: 'password' },
  ...more,
});
const otp = (more: Partial<ArrivingCredential> = {}) =>
  credential({ type: 'otp', credentialData: json(totp), secretData: json({ value: RAW }), ...more });
function pbkdf2(algorithm: string, digest: string, iterations: number) {
  const salt = Buffer.from('0123456789abcdef');
  const value = pbkdf2Sync(PASSWORD, salt, iterations, 64, digest).toString('base64');
  return credential({
    credentialData: json({ hashIterations: iterations, algorithm, additionalParameters: {} }),
    secretData: json({ value, salt: salt.toString('base64'), additionalParameters: {} }),
  });
}
async function argon2() {
  const { salt, hash: value } = readPhc(
    await hash(PASSWORD, { memoryCost: 7168, timeCost: 5, parallelism: 1 }),
  );
  const parameters = {
    hashLength: ['32'],
    memory: ['7168'],
    type: ['id'],
    version: ['1.3'],
    parallelism: ['1'],
  };
  return credential({
    credentialData: json({ hashIterations: 5, algorithm: 'argon2', additionalParameters: parameters }),
    secretData: json({ value: value.toString('base64'), salt: salt.toString('base64') }),
  });
}

const owner = (...given: ArrivingCredential[]): ArrivingOwner => ({
  ...{ userId: randomUUID(), username: 'annabelle', credentials: given },
});
const adopt = (realmId: string, ...owners: ArrivingOwner[]) =>
  service.bus.call(credentials.adopt, { realmId, owners });
const list = (realmId: string, { userId }: ArrivingOwner) =>
  service.bus.call(credentials.list, { realmId, userId });
async function verify(realmId: string, { userId }: ArrivingOwner, type: 'password' | 'otp', input: string) {
  service.clock.advance(5);
  const asked = { realmId, userId, type, input, attempt: randomUUID() };
  return (await service.bus.call(credentials.verify, asked)).verdict;
}
const code = () => codeAt(Buffer.from(RAW), totp, Math.floor(service.clock.now().getTime() / 30_000));

describe('credentials that arrive', () => {
  it.each([
    ['argon2', argon2],
    ['pbkdf2-sha512', () => pbkdf2('pbkdf2-sha512', 'sha512', 2100)],
    ['pbkdf2-sha256', () => pbkdf2('pbkdf2-sha256', 'sha256', 2700)],
    ['pbkdf2', () => pbkdf2('pbkdf2', 'sha1', 2000)],
  ])(
    'open with the old password where it was hashed by %s, and are argon2id from then on',
    async (name, make) => {
      const realmId = randomUUID();
      const ann = owner(await make());
      await adopt(realmId, ann);
      const algorithm = async () =>
        (JSON.parse((await list(realmId, ann))[0]!.credentialData) as { algorithm: string }).algorithm;
      expect(await algorithm()).toBe(name);
      expect(await verify(realmId, ann, 'password', 'correct-horse')).toBe('wrong');
      expect(await verify(realmId, ann, 'password', PASSWORD)).toBe('ok');
      expect(await algorithm()).toBe('argon2');
      expect(await verify(realmId, ann, 'password', PASSWORD)).toBe('ok');
    },
  );

  it('go on with the app, its secret raw or in base32 (mistakes.md, Keycloak #9434)', async () => {
    const realmId = randomUUID();
    const raw = owner(otp());
    const base32 = owner(
      otp({
        credentialData: json({ ...totp, secretEncoding: 'BASE32' }),
        secretData: json({ value: 'PA3UW4JSNVIHUOKMO5JDI5CZOY4EE3SD' }),
      }),
    );
    await adopt(realmId, raw, base32);
    service.clock.advance(30);
    expect(await verify(realmId, raw, 'otp', code())).toBe('ok');
    expect(await verify(realmId, base32, 'otp', code())).toBe('ok');
  });

  it('keep their ids, days and order, and are of two names where they had one', async () => {
    const realmId = randomUUID();
    const id = randomUUID();
    const ann = owner(
      otp({ id, userLabel: 'Phone', createdDate: 1_700_000_000_000 }),
      otp({ userLabel: 'Phone' }),
      credential({ value: PASSWORD }),
    );
    await adopt(realmId, ann);
    expect((await list(realmId, ann)).map(({ type, label, priority }) => [type, label, priority])).toEqual([
      ['otp', 'Phone', 10],
      ['otp', 'Phone (2)', 20],
      ['password', undefined, 30],
    ]);
    expect((await list(realmId, ann))[0]).toMatchObject({ id, createdDate: 1_700_000_000_000 });
    const elsewhere = owner(otp({ id }));
    await adopt(realmId, elsewhere);
    expect((await list(realmId, elsewhere))[0]!.id).not.toBe(id);
    expect(await verify(realmId, ann, 'password', PASSWORD)).toBe('ok');
  });

  it('of a thousand people take as many statements as those of one, and tell nobody', async () => {
    const told = (await service.told()).length;
    const crowd = Array.from({ length: 1000 }, () => owner(otp(), pbkdf2('pbkdf2', 'sha1', 1)));
    const one = await service.queriesOf(() => adopt(randomUUID(), owner(otp())));
    expect(await service.queriesOf(() => adopt(randomUUID(), ...crowd))).toBe(one);
    expect(await service.told()).toHaveLength(told);
  });

  it('are forgotten when nobody came after all', async () => {
    const realmId = randomUUID();
    const [ann, bob] = [owner(otp()), owner(otp())];
    await adopt(realmId, ann, bob);
    await service.bus.call(credentials.disown, { realmId, userIds: [ann.userId] });
    expect([(await list(realmId, ann)).length, (await list(realmId, bob)).length]).toEqual([0, 1]);
    await service.bus.call(credentials.disown, { realmId });
    expect(await list(realmId, bob)).toEqual([]);
  });

  it('are all kept or none', async () => {
    const realmId = randomUUID();
    const ann = owner(otp());
    const refused = adopt(
      realmId,
      ann,
      owner(credential({ place: 'users[7].credentials[0]', value: 'short' })),
    );
    await expect(refused).rejects.toMatchObject({
      code: 'invalid_request',
      details: { field: 'users[7].credentials[0].value' },
    });
    expect(await list(realmId, ann)).toEqual([]);
  });
});

describe('what cannot be kept', () => {
  const examine = (owners: ArrivingOwner[], passwordPolicy?: string) =>
    service.bus.call(credentials.examine, { owners, passwordPolicy });

  it.each<[string, Partial<ArrivingCredential>, string]>([
    ['a passkey', { type: 'webauthn' }, 'left_out p'],
    ['recovery codes', { type: 'recovery-authn-codes' }, 'left_out p'],
    ['a type of somebody’s own', { type: 'sms' }, 'left_out p'],
    ['an unknown hash', { credentialData: json({ algorithm: 'bcrypt', hashIterations: 10 }) }, 'left_out p'],
    [
      'a hash without a salt',
      { credentialData: json({ algorithm: 'pbkdf2', hashIterations: 1 }), secretData: '{}' },
      'wrong p.secretData',
    ],
    ['a hash that is no JSON', { credentialData: 'x', secretData: RAW }, 'wrong p.credentialData'],
    ['a weak password', { value: 'annabelle' }, 'wrong p.value'],
    [
      'an app with a secret that is none',
      { type: 'otp', credentialData: json(totp), secretData: json({ value: 'x' }) },
      'wrong p.secretData',
    ],
  ])('%s, is told with its place and without its secret', async (_what, given, told) => {
    const { findings } = await examine([owner(credential({ place: 'p', ...given }))]);
    expect(findings.map(({ kind, place }) => `${kind} ${place}`)).toEqual([told]);
    expect(json(findings)).not.toContain(RAW.slice(0, 6));
  });

  it('is a second password', async () => {
    const two = owner(credential({ value: PASSWORD }), credential({ place: 'second', value: PASSWORD }));
    expect((await examine([two])).findings).toMatchObject([{ kind: 'wrong', place: 'second.type' }]);
  });

  it('is a rule of the policy that is not known here; the others hold', async () => {
    const answer = await examine(
      [owner(credential({ place: 'p', value: 'elevenchars' }))],
      'hashIterations(27500) and length(12) and regexPattern(^.* and .*$) and notUsername(undefined)',
    );
    expect(answer.passwordPolicy).toBe('length(12) and notUsername(undefined)');
    expect(answer.findings.map(({ place, message }) => `${place}: ${message}`)).toEqual([
      'p.value: invalidPasswordMinLengthMessage 12',
      'passwordPolicy: the rule hashIterations is not known here',
      'passwordPolicy: the rule regexPattern is not known here',
    ]);
  });
});
