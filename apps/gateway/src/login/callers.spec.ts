import { flows } from '@tumbler/contract-flows';
import { buildAuthorizationUrl, calculatePKCECodeChallenge, type Configuration } from 'openid-client';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { actionOf } from '../testing/browser.js';
import { CALLBACK, SignInWorld } from '../testing/sign-in-world.js';
import { expired } from '../testing/stub-services.js';
import type { JsonEnd, JsonStep } from './json-answers.js';

const PAGE = 'https://app.example.org';
const FORM = { username: 'ann', password: 'x' };

describe('a login without cookies', () => {
  let world: SignInWorld;
  let config: Configuration;
  beforeAll(async () => {
    world = await SignInWorld.open();
    ({ config } = await world.register());
    world.gateway.bus.stub(flows.show, () => expired);
  });
  afterAll(() => world.gateway.close());

  const addressOf = async (of: Configuration) => {
    const { pathname, search } = buildAuthorizationUrl(of, {
      ...{ redirect_uri: CALLBACK, scope: 'openid', state: 'kept', code_challenge_method: 'S256' },
      code_challenge: await calculatePKCECodeChallenge('v'.repeat(43)),
    });
    return `${pathname}${search}`;
  };
  const begin = async (headers: Record<string, string> = {}, of = config) =>
    world.gateway.app.inject({ url: await addressOf(of), headers: { 'tumbler-caller': 'new', ...headers } });
  const send = (url: string, headers: Record<string, string>, payload: string | object = FORM) =>
    world.gateway.app.inject({ method: 'POST', url, headers, payload });

  it('leads from the request to the code, and reads and sets no cookie', async () => {
    const { by } = await world.signIn(config);
    const cookie = [...by.cookies].map(([name, value]) => `${name}=${value}`).join('; ');
    const page = await begin({ cookie, accept: 'text/html' });
    const { action, caller, form } = page.json<JsonStep>();
    expect(form.fields.map(({ name, label }) => [name, label])).toEqual([
      ['username', 'Username or email'],
      ['password', 'Password'],
    ]);
    const done = await send(action, { 'tumbler-caller': caller! });
    const back = new URL(done.json<JsonEnd>().redirectUri);
    expect(back.searchParams.get('code')).toBeTruthy();
    expect(back.searchParams.get('state')).toBe('kept');
    expect([...page.cookies, ...done.cookies]).toEqual([]);
  });

  it('is tied to a secret that comes from here: one of their own choice is worth nothing (C-04)', async () => {
    const first = (await begin()).json<JsonStep>();
    expect((await begin({ 'tumbler-caller': first.caller! })).json<JsonStep>().caller).toBe(first.caller);
    const [secret] = first.caller!.split('.');
    for (const own of ['', 'x', secret!, `${'A'.repeat(43)}.${'A'.repeat(43)}`]) {
      const { caller } = (await begin({ 'tumbler-caller': own })).json<JsonStep>();
      expect(caller).not.toBe(own);
      expect(caller).not.toBe(first.caller);
    }
  });

  it('has a secret that is no cookie, and no cookie is one: neither can be planted as the other', async () => {
    const { caller } = (await begin()).json<JsonStep>();
    const by = world.browser();
    by.cookies.set('tumbler-browser', caller!);
    await world.ask(config, {}, by);
    const cookie = by.cookies.get('tumbler-browser')!;
    expect(cookie).not.toBe(caller);
    expect((await begin({ 'tumbler-caller': cookie })).json<JsonStep>().caller).not.toBe(cookie);
  });

  it('is not continued by a form without its secret, from wherever it comes', async () => {
    const { action } = (await begin()).json<JsonStep>();
    const form = { 'content-type': 'application/x-www-form-urlencoded' };
    expect((await send(action, form, 'username=ann&password=x')).statusCode).toBe(403);
    const plain = { 'content-type': 'text/plain', origin: 'https://evil.example' };
    expect((await send(action, plain, JSON.stringify(FORM))).statusCode).toBeGreaterThanOrEqual(400);
  });

  it.each([
    ['a list', '[]', 400],
    ['a number', '7', 400],
    ['nothing', 'null', 400],
    ['broken JSON', '{"username":', 400],
    ['a field that is no text', '{"username":{"$ne":""}}', 400],
    ['a field that is two', '{"username":["ann","bob"]}', 400],
    ['a field that is too long', JSON.stringify({ username: 'x'.repeat(5_000) }), 400],
    ['more than there can be', JSON.stringify({ username: 'x'.repeat(70_000) }), 413],
  ])('takes no body that is %s', async (_what, payload, status) => {
    const { action, caller } = (await begin()).json<JsonStep>();
    const headers = { 'content-type': 'application/json', 'tumbler-caller': caller! };
    const answer = await send(action, headers, payload);
    expect(answer.statusCode).toBe(status);
    expect(answer.json()).toMatchObject({ error: status === 413 ? 'payload_too_large' : 'invalid_request' });
  });

  it('answers as JSON what is wrong with the request, and goes nowhere', async () => {
    const url = `${await addressOf(config)}`.replace(
      encodeURIComponent(CALLBACK),
      'https%3A%2F%2Fevil.example',
    );
    const answer = await world.gateway.app.inject({ url, headers: { 'tumbler-caller': 'new' } });
    expect(answer.statusCode).toBe(400);
    expect(answer.json()).toMatchObject({ error: 'invalid_redirect_uri' });
    expect(answer.headers.location).toBeUndefined();
  });

  it('gives nobody else the request that it was begun with, though they know its id', async () => {
    const { login } = (await begin()).json<JsonStep>();
    const path = `/realms/acme/login-actions/authenticate?tab_id=${login}`;
    const thief = await world.gateway.app.inject({ url: path, headers: { 'tumbler-caller': 'new' } });
    expect(thief.json<JsonStep>().form.page).toBe('login-login');
    expect(world.started).toMatchObject({ clientId: 'account', notice: 'expiredCodeMessage' });

    const { page, by } = await world.ask(config);
    const tab = /tab_id=([^&]+)/.exec(actionOf(page))![1];
    await world.browser().get(`/realms/acme/login-actions/authenticate?tab_id=${tab}`);
    expect(world.started!.clientId).toBe('account');
    const late = await by.get(`/realms/acme/login-actions/authenticate?tab_id=${tab}`);
    expect(late.statusCode).toBe(200);
    expect(world.started!.clientId).not.toBe('account');
  });

  describe('from a page of another origin', () => {
    const allowed = { 'login.over.json.enabled': 'true' };
    const preflight = async (of: Configuration, origin: string, path?: string) => {
      const url = path ?? (await addressOf(of));
      const asks = {
        'access-control-request-method': 'POST',
        'access-control-request-headers': 'tumbler-caller',
      };
      return world.gateway.app.inject({ method: 'OPTIONS', url, headers: { origin, ...asks } });
    };

    it('works where the administrator allows it: asked first, and then at each step', async () => {
      const { config: open, clientId } = await world.register({ webOrigins: [PAGE], attributes: allowed });
      const asked = await preflight(open, PAGE);
      expect(asked.statusCode).toBe(204);
      expect(asked.headers).toMatchObject({
        'access-control-allow-origin': PAGE,
        'access-control-allow-methods': 'GET, POST',
        'access-control-allow-headers': expect.stringContaining('tumbler-caller') as string,
        vary: 'Origin',
      });
      const page = await begin({ origin: PAGE }, open);
      const { action, caller } = page.json<JsonStep>();
      expect(action).toContain(`client_id=${clientId}`);
      expect((await preflight(open, PAGE, action)).statusCode).toBe(204);
      const done = await send(action, {
        origin: PAGE,
        'sec-fetch-site': 'cross-site',
        'tumbler-caller': caller!,
      });
      expect(done.json<JsonEnd>().redirectUri).toContain('code=');
      for (const { headers } of [page, done]) {
        expect(headers['access-control-allow-origin']).toBe(PAGE);
        expect(headers).not.toHaveProperty('access-control-allow-credentials');
      }
    });

    it.each([
      ['another origin', 'https://evil.example', { webOrigins: [PAGE], attributes: allowed }],
      ['an origin that begins like it', `${PAGE}.evil.example`, { webOrigins: [PAGE], attributes: allowed }],
      ['no origin', 'null', { webOrigins: ['*'], attributes: allowed }],
      ['whatever origin', PAGE, { webOrigins: ['*'], attributes: allowed }],
      ['a client that may only ask for tokens', PAGE, { webOrigins: [PAGE] }],
    ])('does not for %s', async (_what, origin, settings) => {
      const { config: closed } = await world.register(settings);
      const asked = await preflight(closed, origin);
      const page = await begin({ origin }, closed);
      for (const answer of [asked, page]) {
        expect(answer.statusCode).toBe(403);
        expect(answer.headers).not.toHaveProperty('access-control-allow-origin');
      }
    });

    it('does not post with the cookies of whoever looks at it (C-05)', async () => {
      const { config: open } = await world.register({ webOrigins: [PAGE], attributes: allowed });
      const { page, by } = await world.ask(open);
      const headers = { origin: PAGE, 'sec-fetch-site': 'cross-site' };
      expect((await by.post(actionOf(page), FORM, headers)).statusCode).toBe(403);
    });
  });
});
