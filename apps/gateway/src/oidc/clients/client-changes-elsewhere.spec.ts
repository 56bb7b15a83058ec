import { randomUUID } from 'node:crypto';
import * as client from 'openid-client';
import { DataSource } from 'typeorm';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { SignInWorld, CALLBACK } from '../../testing/sign-in-world.js';
import { testGateway, type TestGateway } from '../../testing/test-gateway.js';
import { Clients } from './clients.js';

describe('a client', () => {
  let world: SignInWorld;
  let other: TestGateway;
  beforeAll(async () => {
    world = await SignInWorld.open();
    other = await testGateway({ DATABASE_URL: world.gateway.config.DATABASE_URL });
    world.people.change(world.ann.id, { roles: ['offline_access'] });
  });
  afterAll(async () => {
    await other.close();
    await world.gateway.close();
  });

  const realm = () => world.people.realm('acme');
  const heard = (isSo: () => Promise<void>) => vi.waitFor(isSo, { timeout: 15_000 });
  const by = { realmId: randomUUID(), clientId: 'admin-cli', userId: randomUUID() };

  it('that was changed is seen as it is by every gateway, as soon as that hears of it', async () => {
    const { clientId } = await world.register();
    const [here, there] = [world.gateway.app.get(Clients), other.app.get(Clients)];
    const known = (await there.byClientId(realm(), clientId))!;
    expect(known.enabled).toBe(true);
    const secret = await there.secretOf(known);
    await here.update(known, by, { clientId, settings: { redirectUris: [CALLBACK], enabled: false } });
    // The clock of the other gateway stands still: nothing is forgotten by age.
    await heard(async () => expect((await there.byClientId(realm(), clientId))!.enabled).toBe(false));
    const renewed = await here.renewSecret(known, by);
    expect(renewed).not.toBe(secret);
    await heard(async () => expect(await there.secretOf(known)).toBe(renewed));
    await here.remove(known, by);
    await heard(async () => expect(await there.byClientId(realm(), clientId)).toBeUndefined());
  });

  it('that is removed leaves nothing behind for another one of its name', async () => {
    const application = await world.register({ publicClient: true });
    const { clientId, config } = application;
    const { tokens, by: browser } = await world.signIn(config, { scope: 'openid offline_access' });
    const clients = world.gateway.app.get(Clients);
    await clients.remove((await clients.byClientId(realm(), clientId))!, by);
    await clients.create(realm(), by, {
      clientId,
      settings: { publicClient: true, redirectUris: [CALLBACK] },
    });
    await expect(client.refreshTokenGrant(config, tokens.refresh_token!)).rejects.toMatchObject({
      error: 'invalid_grant',
    });
    await expect(client.fetchUserInfo(config, tokens.access_token, world.ann.id)).rejects.toThrow();
    const left: unknown[] = await world.gateway.app
      .get(DataSource)
      .query('select 1 from session where client_id = $1 and offline_of is not null and ended_at is null', [
        clientId,
      ]);
    expect(left).toEqual([]);
    expect((await world.signIn(config, {}, browser)).tokens.claims()!.sub, 'the user stays signed in').toBe(
      world.ann.id,
    );
  });
});
