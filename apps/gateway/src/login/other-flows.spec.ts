import { flows, type LoginStep } from '@tumbler/contract-flows';
import * as client from 'openid-client';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { actionOf, type TestBrowser } from '../testing/browser.js';
import { CALLBACK, SignInWorld, type Application } from '../testing/sign-in-world.js';
import { expired, loginForm, step } from '../testing/stub-services.js';

const ACTIONS = '/realms/acme/login-actions';
const FORM = { username: 'ann', password: 'x' };

describe('from the login of an application', () => {
  let world: SignInWorld;
  let app: Application;
  beforeAll(async () => {
    world = await SignInWorld.open();
    app = await world.register({ publicClient: true });
    world.gateway.bus.stub(flows.show, () => expired);
  });
  afterAll(() => world.gateway.close());

  const tabOf = (page: { body: string }) => /tab_id=([\w-]+)/.exec(page.body)![1]!;
  const leave = (by: TestBrowser, action: string, tab: string) =>
    by.get(`${ACTIONS}/${action}?client_id=${app.clientId}&tab_id=${tab}`);

  it('one can register, and comes to the application with a code', async () => {
    const { page, by, checks } = await world.ask(app.config);
    const register = await leave(by, 'registration', tabOf(page));
    expect(world.started).toMatchObject({
      ...{ flow: 'registration', clientId: app.clientId, redirectUri: CALLBACK },
    });
    const back = await by.post(actionOf(register), FORM);
    const tokens = await client.authorizationCodeGrant(app.config, new URL(back.headers.location!), checks);
    expect(tokens.claims()!.aud).toBe(app.clientId);
  });

  it('one who takes too long to register begins again, with the same application', async () => {
    const { page, by, checks } = await world.ask(app.config);
    const register = await leave(by, 'registration', tabOf(page));
    const again = await by.get(`${ACTIONS}/authenticate?tab_id=${tabOf(register)}`);
    expect(world.started).toMatchObject({
      ...{ flow: 'registration', clientId: app.clientId, notice: 'expiredCodeMessage' },
    });
    const back = await by.post(actionOf(again), FORM);
    await client.authorizationCodeGrant(app.config, new URL(back.headers.location!), checks);
  });

  it('one can change their mind and sign in after all', async () => {
    const { page, by, checks } = await world.ask(app.config, { prompt: 'create' });
    expect(world.started).toMatchObject({ flow: 'registration', clientId: app.clientId });
    const login = await by.get(`${ACTIONS}/restart?to=login&tab_id=${tabOf(page)}`);
    expect(world.started).toMatchObject({ flow: 'browser', clientId: app.clientId });
    expect(world.started!.notice).toBeUndefined();
    const back = await by.post(actionOf(login), FORM);
    await client.authorizationCodeGrant(app.config, new URL(back.headers.location!), checks);
  });

  it('one who forgot their password comes back to it', async () => {
    const { page, by, checks } = await world.ask(app.config);
    const reset = await leave(by, 'reset-credentials', tabOf(page));
    expect(world.started).toMatchObject({ flow: 'reset-credentials', clientId: app.clientId });
    const login = await leave(by, 'restart', `${tabOf(reset)}&to=login`);
    expect(world.started).toMatchObject({ flow: 'browser', clientId: app.clientId });
    const back = await by.post(actionOf(login), FORM);
    await client.authorizationCodeGrant(app.config, new URL(back.headers.location!), checks);
  });

  it('nobody registers into the login of somebody else', async () => {
    const { page } = await world.ask(app.config);
    await leave(world.browser(), 'registration', tabOf(page));
    expect(world.started).toMatchObject({ flow: 'registration', clientId: 'account' });
  });

  it.each(['GET', 'POST'])('there is an address to register at (%s), of the same request', async (method) => {
    const verifier = client.randomPKCECodeVerifier();
    const { searchParams } = client.buildAuthorizationUrl(app.config, {
      ...{ redirect_uri: CALLBACK, scope: 'openid', code_challenge_method: 'S256' },
      code_challenge: await client.calculatePKCECodeChallenge(verifier),
    });
    const by = world.browser();
    const path = '/realms/acme/protocol/openid-connect/registrations';
    const page =
      method === 'GET'
        ? await by.get(`${path}?${searchParams.toString()}`)
        : await by.post(path, Object.fromEntries(searchParams));
    expect(world.started).toMatchObject({ flow: 'registration', clientId: app.clientId });
    const back = await by.post(actionOf(page), FORM);
    const checks = { pkceCodeVerifier: verifier, idTokenExpected: true };
    await client.authorizationCodeGrant(app.config, new URL(back.headers.location!), checks);
  });

  it('whoever is signed in and registers does not go on as who they were', async () => {
    const { by } = await world.signIn(app.config);
    await world.ask(app.config, { prompt: 'create' }, by);
    expect(world.started!.session).toBeUndefined();
  });

  it('whoever declines goes back to the application, which is told so (RFC 6749 §4.1.2.1)', async () => {
    const { page, by } = await world.ask(app.config);
    const declined: LoginStep = { kind: 'failed', error: { literal: 'No.' }, status: 403, declined: true };
    world.gateway.bus.stub(flows.submit, () => declined);
    const back = new URL((await by.post(actionOf(page), {})).headers.location!);
    expect(`${back.origin}${back.pathname}`).toBe(CALLBACK);
    expect(back.searchParams.get('error')).toBe('access_denied');
    expect(back.searchParams.get('code')).toBeNull();
    expect(back.searchParams.get('state')).toBeTruthy();
  });

  it('whoever is let in no further is told so, and can begin again for the same application', async () => {
    const { page, by } = await world.ask(app.config);
    const failed: LoginStep = { kind: 'failed', error: { literal: 'Not today.' }, status: 403 };
    world.gateway.bus.stub(flows.submit, () => failed);
    const over = await by.post(actionOf(page), {});
    expect(over.statusCode).toBe(403);
    expect(over.body).toContain('Not today.');
    await by.get(/href="([^"]+restart[^"]+)"/.exec(over.body)![1]!.replaceAll('&amp;', '&'));
    expect(world.started).toMatchObject({ flow: 'browser', clientId: app.clientId });
  });

  it('the way back is on the page', async () => {
    const links = [{ id: 'backToLogin', label: { literal: 'Back' }, to: 'login' as const }];
    const { by, page } = await world.ask(app.config);
    world.gateway.bus.stub(flows.start, () => step(loginForm({ links }), { clientId: app.clientId }));
    const register = await leave(by, 'registration', tabOf(page));
    expect(register.body).toContain(`${ACTIONS}/restart?to=login&amp;client_id=${app.clientId}`);
  });
});
