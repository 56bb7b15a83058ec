// An application with Keycloak's adapter for Express works here unchanged: its pages and its API ask who it is, and it is
// told when a session ends or tokens are void.
import { setTimeout as pause } from 'node:timers/promises';
import type KcAdminClient from '@keycloak/keycloak-admin-client';
import type KeycloakConnect from 'keycloak-connect';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ExpressApp } from './express-app.js';
import { closeBrowser, Visitor } from './visitor.js';
import { administrator, PASSWORD, RealmOfStory, system } from './world.js';

/** Long before a token would be over. */
const SOON = { timeout: 15_000 };

let admin: KcAdminClient;
let realm: RealmOfStory;
let app: ExpressApp;
let api: ExpressApp;
/** Of the two as clients. */
let ids: { app: string; api: string };
let nora: Visitor;
let noraId: string;

beforeAll(async () => {
  admin = await administrator();
  realm = await RealmOfStory.create();
  [app, api] = await Promise.all([ExpressApp.listen(), ExpressApp.listen()]);
  const create = async (client: object) => (await admin.clients.create({ realm: realm.name, ...client })).id;
  ids = {
    app: await create({
      ...{ clientId: 'front-office', adminUrl: app.url },
      // The adapter comes back to the page that was asked for, with this behind it.
      redirectUris: ['/desk', '/vault', '/report'].map((page) => `${app.url}${page}?auth_callback=1`),
      attributes: { 'post.logout.redirect.uris': `${app.url}/` },
    }),
    api: await create({ clientId: 'back-office', bearerOnly: true, adminUrl: api.url }),
  };
  api.serve(await settingsOf(ids.api));
  app.serve(await settingsOf(ids.app), api);

  await admin.roles.create({ realm: realm.name, name: 'keeper' });
  const keeper = (await admin.roles.findOneByName({ realm: realm.name, name: 'keeper' }))!;
  noraId = await realm.createUser('nora');
  await realm.createUser('otto');
  await admin.users.addRealmRoleMappings({
    ...{ realm: realm.name, id: noraId, roles: [{ id: keeper.id!, name: keeper.name! }] },
  });
  nora = await Visitor.arrive();
});
afterAll(async () => {
  await nora.leave();
  await app.stop();
  await api.stop();
  await closeBrowser();
});

async function settingsOf(id: string): Promise<KeycloakConnect.KeycloakConfig> {
  const providerId = 'keycloak-oidc-keycloak-json';
  // Its type says that this is text.
  const file: unknown = await admin.clients.getInstallationProviders({ realm: realm.name, id, providerId });
  return (typeof file === 'string' ? JSON.parse(file) : file) as KeycloakConnect.KeycloakConfig;
}

/** Opens a page of the application and signs in for it. */
async function signInAt(page: string, visitor: Visitor, username: string): Promise<string> {
  await visitor.open(`${app.url}${page}`);
  await visitor.page.waitForSelector('#kc-form-login');
  await visitor.signIn(username, PASSWORD);
  await visitor.page.waitForURL(`${app.url}${page}*`);
  return visitor.reads();
}

async function reads(page: string): Promise<string> {
  await nora.open(`${app.url}${page}`);
  return nora.reads();
}

/** Whether the application knows nobody any more, though the token that it had would be good for minutes. */
const isSignedOut = async () => {
  await nora.open(`${app.url}/desk`);
  return nora.page.url().startsWith(system.url);
};

describe('an application by keycloak-connect', () => {
  it('sends its user to the login and gets them back', async () => {
    expect(await reads('/')).toBe('Nobody needs to sign in here');
    expect(await signInAt('/desk', nora, 'nora')).toBe('At the desk: nora');
    expect(await reads('/desk'), 'known by the session of the application').toBe('At the desk: nora');
  });

  it('lets in by a role of the realm, and nobody without it', async () => {
    expect(await reads('/vault')).toBe('In the vault: nora');
    const otto = await Visitor.arrive();
    expect(await signInAt('/vault', otto, 'otto')).toBe('Access denied');
    await otto.leave();
  });

  it('asks an API that takes nothing but tokens', async () => {
    expect(await reads('/report')).toBe('The API answered 200: In the vault: nora');
    expect((await fetch(`${api.url}/vault`)).status).toBe(403);
    const headers = { authorization: 'Bearer no.good.token' };
    expect((await fetch(`${api.url}/vault`, { headers })).status).toBe(403);
  });

  it('signs its user out, here too', async () => {
    await nora.open(`${app.url}/logout`);
    await nora.page.waitForURL(`${app.url}/`);
    expect(await isSignedOut()).toBe(true);
    await nora.page.waitForSelector('#kc-form-login');
  });
});

describe('its adapter is told', () => {
  it('when an administrator ends a session, and so the application ends its own', async () => {
    await signInAt('/desk', nora, 'nora');
    app.told.length = 0;
    const [session] = await admin.users.listSessions({ realm: realm.name, id: noraId });
    await admin.realms.deleteSession({ realm: realm.name, session: session!.id!, isOffline: false });
    await expect.poll(() => app.told, SOON).toContain('localhost/k_logout');
    await expect.poll(isSignedOut, SOON).toBe(true);
  });

  it('when a new password ends them', async () => {
    await signInAt('/desk', nora, 'nora');
    await admin.users.resetPassword({
      ...{ realm: realm.name, id: noraId },
      credential: { type: 'password', value: PASSWORD, temporary: false },
    });
    await expect.poll(isSignedOut, SOON).toBe(true);
  });

  it('on the machine that it registered', async () => {
    const { resource, credentials } = (await settingsOf(ids.app)) as KeycloakConnect.KeycloakConfig & {
      credentials: { secret: string };
    };
    const node = async (what: string) => {
      const answer = await fetch(`${system.url}/realms/${realm.name}/clients-managements/${what}`, {
        method: 'POST',
        headers: { authorization: `Basic ${btoa(`${resource}:${credentials.secret}`)}` },
        body: new URLSearchParams({ client_cluster_host: '127.0.0.1' }),
      });
      return answer.status;
    };
    expect(await node('register-node')).toBe(204);
    const { registeredNodes } = (await admin.clients.findOne({ realm: realm.name, id: ids.app }))!;
    expect(registeredNodes).toEqual({ '127.0.0.1': expect.any(Number) as number });
    await signInAt('/desk', nora, 'nora');
    app.told.length = 0;
    await admin.users.logout({ realm: realm.name, id: noraId });
    await expect.poll(() => app.told, SOON).toContain('127.0.0.1/k_logout');
    await expect.poll(isSignedOut, SOON).toBe(true);
    expect(await node('unregister-node')).toBe(204);
  });

  it('before when tokens are void, which an API that asks nobody could not know', async () => {
    await signInAt('/report', nora, 'nora');
    expect(await reads('/report')).toContain('200');
    // Tokens say in which second they were made.
    await pause(1100);
    const client = (await admin.clients.findOne({ realm: realm.name, id: ids.api }))!;
    const notBefore = Math.floor(Date.now() / 1000);
    await admin.clients.update({ realm: realm.name, id: ids.api }, { ...client, notBefore });
    expect(await reads('/report'), 'it was not told yet').toContain('200');
    expect(await admin.clients.pushRevocation({ realm: realm.name, id: ids.api })).toMatchObject({
      successRequests: [expect.stringContaining(api.url) as string],
    });
    expect(api.told).toEqual(['localhost/k_push_not_before']);
    expect(await reads('/report')).toBe('The API answered 403: Access denied');
  });

  it('when all sessions end, of the API as well', async () => {
    await pause(1100);
    api.told.length = 0;
    // Its type says that nothing comes back.
    const result: unknown = await admin.realms.logoutAll({ realm: realm.name });
    const heard = [app.url, api.url].map((url) => expect.stringContaining(url) as string);
    expect(result).toEqual({
      successRequests: expect.arrayContaining(heard) as string[],
      failedRequests: [],
    });
    expect(api.told).toEqual(['localhost/k_logout']);
    await expect.poll(isSignedOut, SOON).toBe(true);
    expect(await signInAt('/report', nora, 'nora')).toBe('The API answered 200: In the vault: nora');
  });
});
