import { decodeJwt } from 'jose';
import * as client from 'openid-client';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { SignInWorld, type Application } from '../testing/sign-in-world.js';

describe('an application that may go on for less than the session of its user', () => {
  let world: SignInWorld;
  beforeAll(async () => {
    world = await SignInWorld.open();
    world.people.change(world.ann.id, { roles: ['offline_access'] });
  });
  afterAll(() => world.gateway.close());
  afterEach(() => {
    // openid-client knows this machine's clock.
    world.gateway.clock.advance((Date.now() - world.gateway.clock.now().getTime()) / 1000);
    world.setRealm({ clientSessionIdleTimeout: 0, clientSessionMaxLifespan: 0, accessTokenLifespan: 300 });
  });

  const refresh = ({ clientId, secret }: Application, refresh_token: string) =>
    world.post('token', {
      grant_type: 'refresh_token',
      refresh_token,
      client_id: clientId,
      client_secret: secret,
    });
  const isActive = async ({ config }: Application, token: string) =>
    (await client.tokenIntrospection(config, token)).active;

  it('has to come back before it was idle for too long, and is told how long that is', async () => {
    world.setRealm({ clientSessionIdleTimeout: 120 });
    const application = await world.register();
    const { tokens, by } = await world.signIn(application.config);
    expect(tokens).toMatchObject({ refresh_expires_in: 120, expires_in: 120 });
    world.gateway.clock.advance(119);
    const { status, body } = await refresh(application, tokens.refresh_token!);
    expect(status).toBe(200);
    world.gateway.clock.advance(119);
    expect(await isActive(application, body.access_token)).toBe(true);
    world.gateway.clock.advance(1);
    expect(await isActive(application, body.access_token)).toBe(false);
    expect(await refresh(application, body.refresh_token)).toMatchObject({
      ...{ status: 400, body: { error: 'invalid_grant' } },
    });
    expect((await world.ask(application.config, {}, by)).page.statusCode, 'its user is signed in').toBe(303);
  });

  it('has an end of its own, however often it refreshes, and may begin anew', async () => {
    const application = await world.register({ attributes: { 'client.session.max.lifespan': '1000' } });
    const { tokens, by } = await world.signIn(application.config);
    expect(tokens.refresh_expires_in).toBe(1000);
    world.gateway.clock.advance(900);
    const { body } = await refresh(application, tokens.refresh_token!);
    expect(body).toMatchObject({ refresh_expires_in: 100, expires_in: 100 });
    expect(decodeJwt(body.access_token).exp! - decodeJwt(body.access_token).iat!).toBe(100);
    world.gateway.clock.advance(100);
    expect((await refresh(application, body.refresh_token)).status).toBe(400);
    world.gateway.clock.advance((Date.now() - world.gateway.clock.now().getTime()) / 1000);
    const again = await world.signIn(application.config, {}, by);
    expect(again.tokens.refresh_expires_in).toBe(1000);
    expect(again.tokens.claims()!.sid).toBe(tokens.claims()!.sid);
  });

  it('is held to what its realm says by then, not to what was said before', async () => {
    const application = await world.register();
    const { tokens } = await world.signIn(application.config);
    world.gateway.clock.advance(60);
    world.setRealm({ clientSessionIdleTimeout: 60 });
    expect((await refresh(application, tokens.refresh_token!)).body).toMatchObject({
      error: 'invalid_grant',
    });
  });

  it('has less of an offline session as well', async () => {
    const attributes = {
      'client.offline.session.idle.timeout': '600',
      'client.offline.session.max.lifespan': '1000',
    };
    const application = await world.register({ attributes });
    const { tokens } = await world.signIn(application.config, { scope: 'openid offline_access' });
    expect(tokens.refresh_expires_in).toBe(600);
    world.gateway.clock.advance(599);
    const { body } = await refresh(application, tokens.refresh_token!);
    expect(body.refresh_expires_in).toBe(401);
    world.gateway.clock.advance(401);
    expect((await refresh(application, body.refresh_token)).status).toBe(400);
  });

  it('has access tokens that are good for as long as it says, and no longer than it holds a session', async () => {
    const long = await world.register({ attributes: { 'access.token.lifespan': '600' } });
    const { tokens } = await world.signIn(long.config);
    expect(tokens.expires_in).toBe(600);
    for (const token of [tokens.access_token, tokens.id_token!]) {
      expect(decodeJwt(token).exp! - decodeJwt(token).iat!).toBe(600);
    }
    world.gateway.clock.advance(599);
    expect(await isActive(long, tokens.access_token)).toBe(true);
    world.gateway.clock.advance((Date.now() - world.gateway.clock.now().getTime()) / 1000);
    const whole = await world.register({ attributes: { 'access.token.lifespan': '-1' } });
    expect((await world.signIn(whole.config)).tokens.expires_in, 'as long as it may idle').toBe(1800);
  });
});
