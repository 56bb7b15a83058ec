import { randomUUID } from 'node:crypto';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import * as client from 'openid-client';
import { DataSource } from 'typeorm';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { actionOf, type TestBrowser } from '../../testing/browser.js';
import { SignInWorld, type Application } from '../../testing/sign-in-world.js';
import { Sessions } from '../../sessions/sessions.js';

const ENABLED = { 'oauth2.device.authorization.grant.enabled': 'true' };
const DEVICE = '/realms/acme/device';
const GRANT = 'urn:ietf:params:oauth:grant-type:device_code';
type Reply = Awaited<ReturnType<NestFastifyApplication['inject']>>;

describe('a device that shows a code (RFC 8628)', () => {
  let world: SignInWorld;
  beforeAll(async () => {
    world = await SignInWorld.open();
    world.setRealm({ oauth2DevicePollingInterval: 1 });
    world.people.change(world.ann.id, { roles: ['offline_access'] });
  });
  afterAll(() => world.gateway.close());
  beforeEach(async () => void (await world.gateway.app.get(DataSource).query('delete from user_code_guess')));

  const television = (settings = {}) =>
    world.register({
      publicClient: true,
      redirectUris: [],
      attributes: ENABLED,
      name: 'Television',
      ...settings,
    });
  const begin = async (scope = 'openid') => {
    const application = await television();
    return { application, begun: await client.initiateDeviceAuthorization(application.config, { scope }) };
  };
  const poll = ({ clientId, secret }: Application, device_code: string) =>
    world.post('token', { grant_type: GRANT, device_code, client_id: clientId, client_secret: secret });
  const type = (by: TestBrowser, device_user_code: string) => by.post(DEVICE, { device_user_code });
  /** To the question whether the device may. */
  const signIn = async (by: TestBrowser, code: string) => {
    const page = await type(by, code);
    return by.post(actionOf(page, 'kc-form-login'), { username: 'ann', password: 'x' });
  };
  const answer = (by: TestBrowser, question: Reply, what: 'accept' | 'cancel') =>
    by.post(actionOf(question, 'kc-oauth-grant'), { [what]: 'x' });

  it('gets tokens once its user has typed the code, signed in, and said yes', async () => {
    const { application, begun } = await begin();
    expect(begun).toMatchObject({
      ...{ expires_in: 600, interval: 1, verification_uri: 'http://localhost:9999/realms/acme/device' },
      user_code: expect.stringMatching(/^[B-Z]{4}-[B-Z]{4}$/),
      verification_uri_complete: expect.stringContaining(`user_code=${begun.user_code}`),
    });
    const by = world.browser();
    const form = await by.get(`${DEVICE}?user_code=${begun.user_code}`);
    expect(form.body).toContain('kc-user-verify-device-user-code-form');
    expect(form.body).toContain(`value="${begun.user_code}"`);
    expect(form.body).toContain('Whoever sends you a code');
    const question = await signIn(by, begun.user_code.toLowerCase().replace('-', ' '));
    expect(question.body).toContain('Grant Access to Television');
    expect(question.body).toContain('Say yes only if it is in front of you');
    expect((await poll(application, begun.device_code)).body).toMatchObject({
      error: 'authorization_pending',
    });

    const done = await answer(by, question, 'accept');
    expect(done.body).toContain('Device Login Successful');
    expect(done.headers.location).toBeUndefined();
    world.gateway.clock.advance(2);
    const tokens = await client.pollDeviceAuthorizationGrant(application.config, begun);
    expect(tokens.claims()!.sub).toBe(world.ann.id);
    const info = await client.fetchUserInfo(application.config, tokens.access_token, world.ann.id);
    expect(info.preferred_username).toBe('ann');
    world.gateway.clock.advance(10);
    expect(await poll(application, begun.device_code), 'once').toMatchObject({
      body: { error: 'invalid_grant' },
    });
  });

  it('is asked about each time, also of whoever is signed in, and may go on when they are gone', async () => {
    const { begun: first } = await begin();
    const by = world.browser();
    await answer(by, await signIn(by, first.user_code), 'accept');
    const { application, begun } = await begin('openid offline_access');
    const question = await type(by, begun.user_code);
    expect(question.body).toContain('Offline Access');
    await answer(by, question, 'accept');
    expect((await poll(application, begun.device_code)).body.scope).toContain('offline_access');
  });

  it('is told that its user does not want it, and what came too late', async () => {
    const { application, begun } = await begin();
    const by = world.browser();
    const question = await signIn(by, begun.user_code);
    expect((await answer(by, question, 'cancel')).body).toContain('Consent denied');
    expect((await poll(application, begun.device_code)).body).toMatchObject({ error: 'access_denied' });

    const late = await begin();
    const other = world.browser();
    const waits = await signIn(other, late.begun.user_code);
    world.gateway.clock.advance(600);
    expect((await answer(other, waits, 'accept')).body).toContain('The code has expired');
    expect((await poll(late.application, late.begun.device_code)).body).toMatchObject({
      error: 'expired_token',
    });
    expect((await type(world.browser(), late.begun.user_code)).body).toContain('Invalid code');
  });

  it('has to wait between two questions, and longer each time it does not', async () => {
    const { application, begun } = await begin();
    const ask = async () => (await poll(application, begun.device_code)).body.error as string;
    expect(await ask()).toBe('authorization_pending');
    expect(await ask()).toBe('slow_down');
    world.gateway.clock.advance(2);
    expect(await ask(), 'five seconds more from now on').toBe('slow_down');
    world.gateway.clock.advance(12);
    expect(await ask()).toBe('authorization_pending');
  });

  it('is told that it asks for nothing where it sends no code (RFC 6749 §5.2)', async () => {
    expect(await poll(await television(), '')).toMatchObject({
      ...{ status: 400, body: { error: 'invalid_request' } },
    });
  });

  it('is let in by the first who answers, and by nobody after them', async () => {
    const { application, begun } = await begin();
    const [one, other] = [world.browser(), world.browser()];
    const questions = [await signIn(one, begun.user_code), await signIn(other, begun.user_code)];
    const answers = await Promise.all([
      answer(one, questions[0]!, 'accept'),
      answer(other, questions[1]!, 'accept'),
    ]);
    expect(answers.filter(({ body }) => body.includes('Successful'))).toHaveLength(1);
    expect((await poll(application, begun.device_code)).status).toBe(200);
  });

  it('gives tokens to one of many who come with its code at once (ASVS 2.3.4)', async () => {
    const { application, begun } = await begin();
    const by = world.browser();
    await answer(by, await signIn(by, begun.user_code), 'accept');
    const polls = await Promise.all(Array.from({ length: 6 }, () => poll(application, begun.device_code)));
    expect(polls.filter(({ status }) => status === 200)).toHaveLength(1);
  });

  it('is not let in by guessing: a network has ten codes in ten minutes (RFC 8628 §5.1)', async () => {
    const { begun } = await begin();
    const by = world.browser();
    const guesses = await Promise.all(Array.from({ length: 16 }, () => type(by, 'BBBB-BBBB')));
    expect(guesses.filter(({ statusCode }) => statusCode === 200)).toHaveLength(10);
    expect(guesses.filter(({ statusCode }) => statusCode === 429)).toHaveLength(6);
    expect((await type(by, begun.user_code)).statusCode, 'not even with the right one').toBe(429);
    world.gateway.clock.advance(600 - 1);
    const next = await begin();
    expect((await type(by, next.begun.user_code)).statusCode).toBe(429);
    world.gateway.clock.advance(1);
    for (let time = 0; time < 12; time++) {
      expect((await type(by, next.begun.user_code)).body, 'right ones cost nothing').toContain(
        'kc-form-login',
      );
    }
  });

  it('gets nothing for another client, without its secret, or where it is not allowed to', async () => {
    const { begun } = await begin();
    const other = await television();
    expect((await poll(other, begun.device_code)).body).toMatchObject({ error: 'invalid_grant' });
    expect((await poll(other, randomUUID())).body).toMatchObject({ error: 'invalid_grant' });
    const without = await world.register();
    // RFC 6749 §5.2, RFC 8628 §3.1: it was `invalid_request` once.
    await expect(
      client.initiateDeviceAuthorization(without.config, { scope: 'openid' }),
    ).rejects.toMatchObject({ status: 400, error: 'unauthorized_client' });
    expect(await poll(without, begun.device_code)).toMatchObject({
      ...{ status: 400, body: { error: 'unauthorized_client' } },
    });
    const nothingAsked = await world.post('auth/device', {
      ...{ client_id: without.clientId, client_secret: 'x' },
    });
    expect(nothingAsked.body, 'to whoever is not this client').toMatchObject({ error: 'invalid_client' });
    const secret = await television({ publicClient: false });
    expect((await world.post('auth/device', { client_id: secret.clientId, client_secret: 'x' })).status).toBe(
      401,
    );
  });

  it('gets nothing where its user has signed out, or was switched off, before it asks', async () => {
    const { application, begun } = await begin();
    const by = world.browser();
    await answer(by, await signIn(by, begun.user_code), 'accept');
    await world.gateway.app.get(Sessions).endOfUser(world.people.realm('acme').id, world.ann.id);
    expect((await poll(application, begun.device_code)).body).toMatchObject({ error: 'invalid_grant' });
  });

  it('is not let in by a form of another site, nor by a code in an address alone', async () => {
    const { application, begun } = await begin();
    const by = world.browser();
    const forged = await by.post(
      DEVICE,
      { device_user_code: begun.user_code },
      { 'sec-fetch-site': 'cross-site' },
    );
    expect(forged.statusCode).toBe(403);
    await by.get(`${DEVICE}?user_code=${begun.user_code}`);
    expect((await poll(application, begun.device_code)).body).toMatchObject({
      error: 'authorization_pending',
    });
  });

  it('leaves neither of its codes in the database', async () => {
    const { begun } = await begin();
    const rows: unknown[] = await world.gateway.app
      .get(DataSource)
      .query(`select encode(id, 'hex') as id, encode(user_code, 'hex') as code, payload from oidc_artifact`);
    const text = JSON.stringify(rows);
    expect(text).not.toContain(begun.device_code);
    expect(text).not.toContain(begun.user_code.replace('-', ''));
  });
});
