import { randomUUID } from 'node:crypto';
import { Outbox } from '@tumbler/events';
import { decodeJwt } from 'jose';
import * as client from 'openid-client';
import { DataSource } from 'typeorm';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { SignInWorld, CALLBACK } from '../../testing/sign-in-world.js';
import { testGateway, type TestGateway } from '../../testing/test-gateway.js';
import { ClientSessions } from '../../sessions/client-sessions.js';
import { Sessions } from '../../sessions/sessions.js';
import { actionOf } from '../../testing/browser.js';
import { Consents } from '../consents/consents.js';
import { AccessTokens } from '../tokens/access-tokens.js';
import { ClientArrivals } from './client-arrivals.js';
import { ClientScopes } from './client-scopes.js';
import type { ClientSettings } from './client-settings.js';
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
    await here.update(known, by, () => ({ settings: { enabled: false } }));
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

  it('has scopes that are seen as they are by every gateway, by administrators at once', async () => {
    const [here, there] = [world.gateway.app.get(ClientScopes), other.app.get(ClientScopes)];
    const remembered = async (id: string) => (await there.ofRealm(realm())).find((scope) => scope.id === id);
    expect(await remembered(randomUUID())).toBeUndefined();
    const [phone] = (await here.list(realm())).filter(({ name }) => name === 'phone');
    const { id: _id, ...made } = { ...phone!, name: `scope-${randomUUID().slice(0, 8)}` };
    const id = await here.create(realm(), by, made);
    expect(await there.byId(realm(), id)).toEqual({ ...made, id });
    // The clock of the other gateway stands still: nothing is forgotten by age.
    await heard(async () => expect(await remembered(id)).toEqual({ ...made, id }));
    await there.update(realm(), by, id, () => ({ description: 'changed there' }));
    expect(await here.byId(realm(), id)).toMatchObject({ description: 'changed there' });
    await here.remove(realm(), by, await here.byId(realm(), id));
    await expect(there.byId(realm(), id)).rejects.toMatchObject({ code: 'not_found' });
    await heard(async () => expect(await remembered(id)).toBeUndefined());
  });

  it('that an import puts in the place of another gets nothing of what that one was given', async () => {
    const { clientId, config } = await world.register({ publicClient: true });
    const { tokens } = await world.signIn(config, { scope: 'openid offline_access' });
    const { id } = (await world.gateway.app.get(Clients).byClientId(realm(), clientId))!;
    const settings = { publicClient: true, redirectUris: [CALLBACK] };
    await world.gateway.app.get(Outbox).transaction((tx, tell) =>
      world.gateway.app.get(ClientArrivals).into(tx, tell, {
        ...{ realm: realm(), by, removed: [id] },
        clients: [{ id, clientId, settings }],
      }),
    );
    await expect(client.refreshTokenGrant(config, tokens.refresh_token!)).rejects.toMatchObject({
      error: 'invalid_grant',
    });
    expect(await world.gateway.app.get(AccessTokens).verify(tokens.access_token)).toBeUndefined();
  });

  describe('that gets another name', () => {
    const renamed = async (settings: ClientSettings = {}) => {
      const application = await world.register(settings);
      const { tokens, by: browser } = await world.signIn(application.config, {
        scope: 'openid offline_access',
      });
      const clients = world.gateway.app.get(Clients);
      const before = (await clients.byClientId(realm(), application.clientId))!;
      const clientId = `${application.clientId}-renamed`;
      return {
        ...{ application, tokens, browser, clients, id: before.id, clientId },
        rename: () =>
          clients.update(before, by, () => ({
            clientId,
            settings: { redirectUris: [CALLBACK], ...settings },
          })),
        refresh: (client_id: string, client_secret: string | undefined, refresh_token: string) =>
          world.post('token', { grant_type: 'refresh_token', client_id, client_secret, refresh_token }),
      };
    };

    it('keeps its tokens and sessions, and what its users let it do', async () => {
      const { application, tokens, rename, refresh, clientId, id } = await renamed();
      const consents = world.gateway.app.get(Consents);
      const heard = { sessionId: randomUUID() };
      const known = (await world.gateway.app.get(Clients).find(realm(), id))!;
      await consents.grant(known, world.ann.id, ['email'], heard);
      await rename();
      const next = await refresh(clientId, application.secret, tokens.refresh_token!);
      expect(next.status).toBe(200);
      expect(decodeJwt(next.body.access_token).azp).toBe(clientId);
      expect(await world.gateway.app.get(AccessTokens).verify(next.body.access_token)).toBeDefined();
      const sessions = world.gateway.app.get(ClientSessions);
      expect(await sessions.count(realm(), id)).toBe(1);
      const offline = await world.gateway.app.get(Sessions).listOffline(realm(), { client: id });
      expect(offline.map((session) => session.clientId)).toEqual([clientId]);
      expect(await consents.list(realm(), world.ann.id)).toContainEqual(
        expect.objectContaining({ clientId }),
      );
    });

    it('leaves nothing behind for another one that takes its old name', async () => {
      const { application, tokens, rename, refresh, clients } = await renamed({ publicClient: true });
      const { page, by: browser, checks } = await world.ask(application.config);
      const back = await browser.post(actionOf(page, 'kc-form-login'), { username: 'ann', password: 'x' });
      await rename();
      const settings = { publicClient: true, redirectUris: [CALLBACK] };
      await clients.create(realm(), by, { clientId: application.clientId, settings });
      const thief = await refresh(application.clientId, undefined, tokens.refresh_token!);
      expect(thief).toMatchObject({ status: 400, body: { error: 'invalid_grant' } });
      expect(await world.gateway.app.get(AccessTokens).verify(tokens.access_token)).toBeUndefined();
      await expect(
        client.authorizationCodeGrant(application.config, new URL(back.headers.location!), checks),
        'a code that its user was sent back with',
      ).rejects.toMatchObject({ error: 'invalid_grant' });
      await client.tokenRevocation(application.config, tokens.refresh_token!);
      expect(
        (await refresh(`${application.clientId}-renamed`, undefined, tokens.refresh_token!)).status,
        'and nobody takes away what it has',
      ).toBe(200);
    });
  });
});
