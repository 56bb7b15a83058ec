// Why was that user asked for a code, or not? An administrator reads it of the log, over the admin API.
import { randomUUID } from 'node:crypto';
import type KcAdminClient from '@keycloak/keycloak-admin-client';
import { beforeAll, expect, it } from 'vitest';
import { ask } from './admin-requests.js';
import { Authenticator } from './authenticator.js';
import { NativeApp } from './native-app.js';
import { administrator, PASSWORD, RealmOfStory } from './world.js';

interface Explanation {
  event: { type: string; error?: string };
  code: { asked: boolean; because: string[] };
  path: { name: string; decided: string; why?: string }[];
}

const SECRET = 'JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP';
let realm: RealmOfStory;
let admin: KcAdminClient;
let phone: Authenticator;
const ids: Record<string, string> = {};

beforeAll(async () => {
  realm = await RealmOfStory.create();
  admin = await administrator();
  phone = new Authenticator(`otpauth://totp/x:ann?secret=${SECRET}`);
  const app = {
    ...{ type: 'otp', secretData: JSON.stringify({ value: SECRET }) },
    credentialData: JSON.stringify({
      ...{ subType: 'totp', digits: 6, period: 30, algorithm: 'HmacSHA1', secretEncoding: 'BASE32' },
    }),
  };
  const password = { type: 'password', value: PASSWORD };
  ids.ann = await realm.createUser('ann', { credentials: [password, app] });
  ids.bob = await realm.createUser('bob');
});

const explain = (id: string) => ask<Explanation>(admin, 'GET', `/${realm.name}/events/${id}/explanation`);

/** Of the last event of that type of a user, once the log has it. */
async function explanationOf(user: string, type: string): Promise<Explanation> {
  const newest = async () => {
    const found = await admin.realms.findEvents({
      realm: realm.name,
      user: ids[user],
      type: type as 'LOGIN',
    });
    return (found[0] as { id?: string } | undefined)?.id;
  };
  await expect.poll(newest).toBeDefined();
  const { status, body } = await explain((await newest())!);
  expect(status).toBe(200);
  return body;
}

it('a login with a code', async () => {
  const app = new NativeApp();
  const otp = await app.send(await app.get(realm.accountUrl), { username: 'ann', password: PASSWORD });
  await app.send(otp, { otp: await phone.freshCode() });
  const { code, path } = await explanationOf('ann', 'LOGIN');
  expect(code).toMatchObject({ asked: true });
  expect(path).toContainEqual(
    expect.objectContaining({
      ...{ name: 'conditional-user-configured', decided: 'condition true', why: 'set up: auth-otp-form' },
    }),
  );
  expect(JSON.stringify(path)).not.toContain(PASSWORD);
});

it('a login without one', async () => {
  const app = new NativeApp();
  await app.send(await app.get(realm.accountUrl), { username: 'bob', password: PASSWORD });
  const { code } = await explanationOf('bob', 'LOGIN');
  expect(code).toEqual({
    asked: false,
    because: expect.arrayContaining([
      'conditional-user-configured: condition false: none is set up: auth-otp-form',
    ]),
  });
});

it('a login that was refused, before a code was asked for', async () => {
  const app = new NativeApp();
  await app.send(await app.get(realm.accountUrl), { username: 'ann', password: 'wrong' });
  const { event, code } = await explanationOf('ann', 'LOGIN_ERROR');
  expect(event).toMatchObject({ error: 'invalid_user_credentials' });
  expect(code.asked).toBe(false);
  expect(code.because).toContain('auth-username-password-form: refused: invalid_user_credentials');
});

it('a direct grant', async () => {
  const username = 'ann';
  await realm.tokenRequest({ username, password: PASSWORD, totp: await phone.wrongCode() });
  const refused = async () => (await explanationOf('ann', 'LOGIN_ERROR')).path.at(-1);
  await expect.poll(refused).toMatchObject({ name: 'direct-grant-validate-otp', decided: 'failed' });
  await realm.tokenRequest({ username, password: PASSWORD, totp: await phone.freshCode() });
  const passed = async () => (await explanationOf('ann', 'LOGIN')).path.at(-1);
  await expect.poll(passed).toMatchObject({ decided: 'passed' });
  expect((await explanationOf('ann', 'LOGIN')).code.asked).toBe(true);
});

it('nothing of what is not there, or not any more', async () => {
  expect(await explain(randomUUID())).toMatchObject({ status: 404, body: { error: 'Event not found' } });
  const [event] = await admin.realms.findEvents({ realm: realm.name, user: ids.bob });
  const { id } = event as { id: string };
  expect((await explain(id)).status).toBe(200);
  await admin.realms.clearEvents({ realm: realm.name });
  expect(await explain(id)).toMatchObject({ status: 404, body: { error: 'Event not found' } });
});
