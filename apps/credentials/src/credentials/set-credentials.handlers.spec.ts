import { pbkdf2Sync, randomUUID } from 'node:crypto';
import { credentials, type GivenCredential } from '@tumbler/contract-credentials';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { codeAt } from '../otp/codes.js';
import { testCredentials, type TestCredentials } from '../testing/test-credentials.js';

let service: TestCredentials;
let who: { realmId: string; userId: string };
beforeAll(async () => void (service = await testCredentials()));
afterAll(() => service.close());
beforeEach(() => void (who = { realmId: randomUUID(), userId: randomUUID() }));

const set = (...given: GivenCredential[]) =>
  service.bus.call(credentials.set, { ...who, username: 'annabelle', credentials: given });
const has = () => service.bus.call(credentials.has, who);
const list = () => service.bus.call(credentials.list, who);
const verify = async (type: 'password' | 'otp', input: string, credentialId?: string) => {
  service.clock.advance(5);
  const asked = { ...who, type, input, credentialId, attempt: randomUUID() };
  return (await service.bus.call(credentials.verify, asked)).verdict;
};
const step = () => Math.floor(service.clock.now().getTime() / 30_000);
const totp = { subType: 'totp', algorithm: 'HmacSHA1', digits: 6, period: 30, counter: 0 } as const;
const otp = (secretData: object, credentialData: object = totp, more: Partial<GivenCredential> = {}) => ({
  type: 'otp' as const,
  secretData: JSON.stringify(secretData),
  credentialData: JSON.stringify(credentialData),
  ...more,
});
const RAW = 'x7Kq2mPz9LwR4tYv8BnC';

describe('credentials of a representation', () => {
  it('may be a password in clear, which must keep the rules', async () => {
    expect(await set({ type: 'password', value: 'annabelle' })).toEqual({
      kind: 'refused',
      key: 'invalidPasswordNotUsernameMessage',
      params: [],
    });
    expect(await set({ type: 'password', value: 'correct horse' })).toEqual({ kind: 'ok' });
    expect(await verify('password', 'correct horse')).toBe('ok');
  });

  it('are taken all or none', async () => {
    const refused = await set(otp({ value: RAW }), { type: 'password', value: 'short' });
    expect(refused).toMatchObject({ kind: 'refused', key: 'invalidPasswordMinLengthMessage' });
    const taken = set(
      otp({ value: RAW }, totp, { userLabel: 'Phone' }),
      otp({ value: RAW }, totp, { userLabel: 'Phone' }),
    );
    await expect(taken).rejects.toMatchObject({ code: 'conflict' });
    expect(await has()).toEqual([]);
  });

  it('keep their order', async () => {
    await set(
      otp({ value: RAW }, totp, { userLabel: 'one' }),
      otp({ value: RAW }, totp, { userLabel: 'two' }),
      {
        type: 'password',
        value: 'correct horse',
      },
    );
    expect((await list()).map(({ type, label, priority }) => [type, label, priority])).toEqual([
      ['otp', 'one', 10],
      ['otp', 'two', 20],
      ['password', undefined, 30],
    ]);
  });

  it('that the user has already, by their id, are left as they are', async () => {
    const id = randomUUID();
    await set(otp({ value: RAW }, totp, { id }));
    await set(otp({ value: RAW }, totp, { id }), { id, type: 'otp', credentialData: '{}' });
    expect((await has()).map((one) => one.id)).toEqual([id]);
  });

  it('get another id where theirs belongs to somebody else', async () => {
    const id = randomUUID();
    await set(otp({ value: RAW }, totp, { id }));
    who = { ...who, userId: randomUUID() };
    await set(otp({ value: RAW }, totp, { id }));
    const [one] = await has();
    expect(one!.id).not.toBe(id);
    expect(await verify('otp', codeAt(Buffer.from(RAW), totp, step()))).toBe('ok');
  });

  it('keep the day they were made', async () => {
    await set(otp({ value: RAW }, totp, { createdDate: 1_700_000_000_000 }));
    expect((await list())[0]!.createdDate).toBe(1_700_000_000_000);
  });
});

describe('a password hash from a Keycloak export', () => {
  it('fits, and is made anew by argon2id with the first right password', async () => {
    const salt = Buffer.from('0123456789abcdef');
    const value = pbkdf2Sync('correct horse', salt, 2000, 64, 'sha512');
    await set({
      type: 'password',
      credentialData: '{"hashIterations":2000,"algorithm":"pbkdf2-sha512","additionalParameters":{}}',
      secretData: JSON.stringify({ value: value.toString('base64'), salt: salt.toString('base64') }),
    });
    const algorithm = async () =>
      (JSON.parse((await list())[0]!.credentialData) as { algorithm: string }).algorithm;
    expect(await algorithm()).toBe('pbkdf2-sha512');
    expect(await verify('password', 'correct-horse')).toBe('wrong');
    expect(await algorithm()).toBe('pbkdf2-sha512');
    expect(await verify('password', 'correct horse')).toBe('ok');
    expect(await algorithm()).toBe('argon2');
    expect(await verify('password', 'correct horse')).toBe('ok');
  });
});

describe('an app from a Keycloak export', () => {
  it('has a secret of raw text (mistakes.md, Keycloak #9434)', async () => {
    await set(otp({ value: RAW }));
    expect(await verify('otp', codeAt(Buffer.from(RAW), totp, step()))).toBe('ok');
  });

  it('has a secret in base32 where it says so', async () => {
    await set(otp({ value: 'GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ' }, { ...totp, secretEncoding: 'BASE32' }));
    expect(await verify('otp', codeAt(Buffer.from('12345678901234567890'), totp, step()))).toBe('ok');
  });

  it('has the hash that it says, however long its secret is (mistakes.md: hash guessed from the secret length)', async () => {
    const secret = 'a secret of thirty-two characters'.slice(0, 32);
    await set(otp({ value: secret }, totp));
    expect(
      await verify('otp', codeAt(Buffer.from(secret), { ...totp, algorithm: 'HmacSHA256' }, step())),
    ).not.toBe('ok');
    expect(await verify('otp', codeAt(Buffer.from(secret), totp, step()))).toBe('ok');
  });

  it('goes on with the counter it was at', async () => {
    const hotp = { ...totp, subType: 'hotp', counter: 7 } as const;
    await set(otp({ value: RAW }, hotp));
    expect(JSON.parse((await list())[0]!.credentialData)).toEqual(hotp);
    expect(await verify('otp', codeAt(Buffer.from(RAW), hotp, 6))).not.toBe('ok');
    expect(await verify('otp', codeAt(Buffer.from(RAW), hotp, 7))).toBe('ok');
    expect(JSON.parse((await list())[0]!.credentialData)).toEqual({ ...hotp, counter: 8 });
  });

  it.each([
    ['seven digits', otp({ value: RAW }, { ...totp, digits: 7 })],
    ['an unknown hash', otp({ value: RAW }, { ...totp, algorithm: 'HmacMD5' })],
    ['a period of no time', otp({ value: RAW }, { ...totp, period: 0 })],
    ['a short secret', otp({ value: 'short' })],
    ['base32 that is none', otp({ value: '!!!!', secret: 1 }, { ...totp, secretEncoding: 'BASE32' })],
    ['no secret', otp({})],
    ['no JSON', { type: 'otp' as const, secretData: `{"value": "${RAW}"`, credentialData: '{}' }],
    ['nothing', { type: 'password' as const }],
    ['recovery codes', { type: 'recovery-authn-codes' as const, secretData: '{}', credentialData: '{}' }],
  ])('with %s is refused, and the refusal repeats no secret', async (_, given) => {
    const error = await set(given).catch((refusal: unknown) => refusal);
    expect(error).toMatchObject({ code: 'invalid_request' });
    expect(JSON.stringify(error)).not.toContain(RAW.slice(0, 6));
  });
});
