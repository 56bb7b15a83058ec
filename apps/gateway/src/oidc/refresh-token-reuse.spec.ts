import * as client from 'openid-client';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { SignInWorld, type Application } from '../testing/sign-in-world.js';

const REPLAYED = { status: 400, body: { error: 'invalid_grant' } };

describe('a refresh token that comes again', () => {
  let world: SignInWorld;
  beforeAll(async () => void (world = await SignInWorld.open()));
  afterAll(() => world.gateway.close());
  afterEach(() => {
    // openid-client knows this machine's clock.
    world.gateway.clock.advance((Date.now() - world.gateway.clock.now().getTime()) / 1000);
    world.setRealm({ revokeRefreshToken: true, refreshTokenMaxReuse: 0 });
  });

  const use = ({ clientId, secret }: Application, refresh_token: string) =>
    world.post('token', {
      grant_type: 'refresh_token',
      refresh_token,
      client_id: clientId,
      client_secret: secret,
    });
  const signedIn = async (publicClient = false) => {
    const application = await world.register({ publicClient });
    const { tokens } = await world.signIn(application.config);
    return { application, first: tokens.refresh_token!, accessToken: tokens.access_token };
  };
  const later = () => world.gateway.clock.advance(60);

  it('is taken as often as the realm says, and gives the same successor each time', async () => {
    world.setRealm({ refreshTokenMaxReuse: 2 });
    const { application, first } = await signedIn();
    const { config } = application;
    const successors = new Set<string>();
    for (let time = 0; time < 3; time++) {
      expect((await client.tokenIntrospection(config, first)).active).toBe(true);
      const { status, body } = await use(application, first);
      expect(status).toBe(200);
      expect(body.refresh_expires_in).toBe(1800);
      successors.add(body.refresh_token);
      later();
    }
    expect(successors.size).toBe(1);
    expect((await client.tokenIntrospection(config, first)).active).toBe(false);
    expect(await use(application, first)).toMatchObject(REPLAYED);
    expect(await use(application, [...successors][0]!), 'and everything ends').toMatchObject(REPLAYED);
  });

  it('gives away a thief once its successor was used, however often it might come', async () => {
    world.setRealm({ refreshTokenMaxReuse: 5 });
    const { application, first } = await signedIn();
    const second = (await use(application, first)).body.refresh_token;
    const third = (await use(application, second)).body.refresh_token;
    later();
    expect((await client.tokenIntrospection(application.config, first)).active).toBe(false);
    expect(await use(application, first)).toMatchObject(REPLAYED);
    expect(await use(application, third)).toMatchObject(REPLAYED);
  });

  it('counts once, where many requests come with it at once', async () => {
    world.setRealm({ refreshTokenMaxReuse: 1 });
    const { application, first } = await signedIn();
    for (let time = 0; time < 2; time++) {
      const replies = await Promise.all(Array.from({ length: 4 }, () => use(application, first)));
      expect(replies.map(({ status }) => status)).toEqual([200, 200, 200, 200]);
      later();
    }
    expect(await use(application, first)).toMatchObject(REPLAYED);
  });

  it('stays the same, where the realm has none revoked, for an application that proves who it is', async () => {
    world.setRealm({ revokeRefreshToken: false });
    const { application, first } = await signedIn();
    for (let time = 0; time < 4; time++) {
      world.gateway.clock.advance(1700);
      const { status, body } = await use(application, first);
      expect(status).toBe(200);
      expect(body).toMatchObject({ refresh_token: first, refresh_expires_in: 1800 });
    }
    world.gateway.clock.advance(1800);
    expect(await use(application, first), 'which may idle no longer than before').toMatchObject(REPLAYED);
  });

  it('is that of a thief all the same, of an application that does not (RFC 9700 §2.2.2)', async () => {
    world.setRealm({ revokeRefreshToken: false });
    const { application, first } = await signedIn(true);
    const { body } = await use(application, first);
    expect(body.refresh_token).not.toBe(first);
    later();
    expect(await use(application, first)).toMatchObject(REPLAYED);
    expect(await use(application, body.refresh_token)).toMatchObject(REPLAYED);
  });

  it('stays spent when the realm has none revoked from then on, and is replaced when it has again', async () => {
    const spent = await signedIn();
    await use(spent.application, spent.first);
    world.setRealm({ revokeRefreshToken: false });
    later();
    expect(await use(spent.application, spent.first)).toMatchObject(REPLAYED);
    const kept = await signedIn();
    await use(kept.application, kept.first);
    world.setRealm({ revokeRefreshToken: true });
    const { body } = await use(kept.application, kept.first);
    expect(body.refresh_token).not.toBe(kept.first);
    later();
    expect(await use(kept.application, kept.first)).toMatchObject(REPLAYED);
  });
});
