import * as client from 'openid-client';
import { DataSource } from 'typeorm';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { actionOf } from '../testing/browser.js';
import { CALLBACK, SignInWorld } from '../testing/sign-in-world.js';

const GOLD = { claims: JSON.stringify({ id_token: { acr: { essential: true, value: 'gold' } } }) };

describe('an application asks for a higher level of authentication', () => {
  let world: SignInWorld;
  beforeAll(async () => {
    world = await SignInWorld.open();
    world.setRealm({ attributes: { 'acr.loa.map': '{"silver":1,"gold":2}' } });
  });
  beforeEach(() => void (world.highest = 2));
  afterAll(() => world.gateway.close());

  const errorOf = (page: { headers: { location?: unknown } }) =>
    new URL(String(page.headers.location)).searchParams.get('error');

  it('and is told which one was reached, by the name that it knows', async () => {
    const { config } = await world.register();
    expect(config.serverMetadata().acr_values_supported).toEqual(['silver', 'gold']);
    const { tokens } = await world.signIn(config);
    expect(tokens.claims()!.acr).toBe('silver');
    const gold = await world.signIn(config, { acr_values: 'gold' });
    expect(gold.tokens.claims()!.acr).toBe('gold');
    expect(world.started!.wanted).toMatchObject({ level: 2 });
  });

  it('of somebody who is signed in, whose session goes on under another cookie (ASVS 7.2.4)', async () => {
    const { config } = await world.register();
    const first = await world.signIn(config);
    const before = new Map(first.by.cookies);
    const { page, by, checks } = await world.ask(config, { acr_values: 'gold' }, first.by);
    expect(world.started!.session).toMatchObject({
      userId: world.ann.id,
      levels: { '1': expect.any(Number) },
    });
    const back = await by.post(actionOf(page, 'kc-form-login'), { otp: '000000' });
    expect(by.cookies).not.toEqual(before);
    const callback = new URL(back.headers.location!);
    const tokens = await client.authorizationCodeGrant(config, callback, checks);
    expect(tokens.claims()).toMatchObject({ acr: 'gold', sid: first.tokens.claims()!.sid });
    // What was given out before stays good, and says what it said.
    const refreshed = await client.refreshTokenGrant(config, first.tokens.refresh_token!);
    expect(refreshed.claims()!.acr).toBe('silver');
    expect((await client.refreshTokenGrant(config, tokens.refresh_token!)).claims()!.acr).toBe('gold');
    // And whoever kept the old cookie has nothing.
    const thief = world.browser();
    for (const [name, value] of before) thief.cookies.set(name, value);
    await world.ask(config, {}, thief);
    expect(world.started).not.toHaveProperty('session');
  });

  it('and is not led further than once', async () => {
    const { config } = await world.register();
    const { by } = await world.signIn(config, { acr_values: 'gold' });
    const again = await world.signIn(config, { acr_values: 'gold' }, by);
    expect(again.tokens.claims()!.acr).toBe('gold');
    expect((await world.signIn(config, GOLD, by)).tokens.claims()!.acr).toBe('gold');
    expect((await world.signIn(config, { ...GOLD, prompt: 'none' }, by)).tokens.claims()!.acr).toBe('gold');
  });

  it('without a page only where nothing has to be asked (O-02)', async () => {
    const { config } = await world.register();
    const { by } = await world.signIn(config);
    const { tokens } = await world.signIn(config, { prompt: 'none' }, by);
    expect(tokens.claims()!.acr).toBe('silver');
    const { page } = await world.ask(config, { prompt: 'none', acr_values: 'gold' }, by);
    expect(errorOf(page)).toBe('interaction_required');
  });

  it('together with a login anew: then nothing counts that was before', async () => {
    const { config } = await world.register();
    const { by } = await world.signIn(config, { acr_values: 'gold' });
    for (const more of [{ prompt: 'login' }, { max_age: '0' }] as Record<string, string>[]) {
      await world.ask(config, { acr_values: 'gold', ...more }, by);
      expect(world.started).not.toHaveProperty('session');
      expect(world.started!.wanted).toMatchObject({ level: 2 });
    }
  });

  it('that nobody reaches: it is told so where it demands it, and goes on where it does not', async () => {
    world.highest = 1;
    const { config } = await world.register();
    const { page, by } = await world.ask(config, GOLD);
    const back = await by.post(actionOf(page, 'kc-form-login'), { username: 'ann', password: 'x' });
    expect(errorOf(back)).toBe('unmet_authentication_requirements');
    expect((await world.signIn(config, { acr_values: 'gold' })).tokens.claims()!.acr).toBe('silver');
  });

  it('that means nothing: it is told so where it demands it', async () => {
    const { config } = await world.register();
    const claims = JSON.stringify({ id_token: { acr: { essential: true, value: 'bronze' } } });
    const { page } = await world.ask(config, { claims });
    expect(errorOf(page)).toBe('invalid_request');
    expect(page.headers.location).toMatch(CALLBACK);
  });

  it('by its own settings', async () => {
    const { config } = await world.register({ attributes: { 'default.acr.values': 'gold' } });
    expect((await world.signIn(config)).tokens.claims()!.acr).toBe('gold');
    const least = await world.register({ attributes: { 'minimum.acr.value': 'gold' } });
    await world.ask(least.config, { acr_values: 'silver' });
    expect(world.started!.wanted).toMatchObject({ level: 2, mustReach: 2 });
  });

  it('keeps the levels with the session, in one statement, and nothing else of how they were reached', async () => {
    const { config } = await world.register();
    const { tokens } = await world.signIn(config, { acr_values: 'gold' });
    const [row] = await world.gateway.app
      .get(DataSource)
      .query('select levels from session where id = $1', [tokens.claims()!.sid]);
    expect(row).toEqual({ levels: { '2': expect.any(Number) } });
  });

  describe('a resource', () => {
    const userinfo = async (config: client.Configuration, token: string) =>
      client.fetchUserInfo(config, token, world.ann.id).then(
        () => 'ok',
        (error: client.WWWAuthenticateChallengeError) => error.cause[0]!.parameters,
      );

    it('says which login would do (RFC 9470 §3), and opens to it', async () => {
      const attributes = { 'userinfo.minimum.acr.value': 'gold', 'userinfo.max.age': '60' };
      const { config } = await world.register({ attributes });
      const { tokens, by } = await world.signIn(config);
      expect(await userinfo(config, tokens.access_token)).toMatchObject({
        ...{ error: 'insufficient_user_authentication', acr_values: 'gold' },
      });
      const { page, checks } = await world.ask(config, { acr_values: 'gold' }, by);
      const back = await by.post(actionOf(page, 'kc-form-login'), { otp: '000000' });
      const callback = new URL(back.headers.location!);
      const gold = await client.authorizationCodeGrant(config, callback, checks);
      expect(await userinfo(config, gold.access_token)).toBe('ok');
      world.gateway.clock.advance(61);
      expect(await userinfo(config, gold.access_token)).toMatchObject({ max_age: '60' });
    });

    it('hears of the level and of the time from introspection (RFC 9470 §6.2)', async () => {
      const { config } = await world.register();
      const { tokens } = await world.signIn(config, { acr_values: 'gold' });
      const told = await client.tokenIntrospection(config, tokens.access_token);
      expect(told).toMatchObject({ active: true, acr: 'gold', auth_time: tokens.claims()!.auth_time });
    });
  });
});
