// A television shows a code; its user lets it in from a browser, by openid-client on the side of the device. Then the realm changes
// its keys, and what the television holds is good all the same.
import * as client from 'openid-client';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { closeBrowser, Visitor } from './visitor.js';
import { administrator, PASSWORD, RealmOfStory, system } from './world.js';

let realm: RealmOfStory;
let mia: Visitor;
let id: string;
let television: client.Configuration;
let tokens: client.TokenEndpointResponse;

beforeAll(async () => {
  realm = await RealmOfStory.create({ oauth2DevicePollingInterval: 1 });
  id = await realm.createUser('mia', { email: 'mia@example.org', firstName: 'Mia', lastName: 'Marsh' });
  const admin = await administrator();
  await admin.clients.create({
    ...{ realm: realm.name, clientId: 'television', name: 'Living Room', publicClient: true },
    attributes: { 'oauth2.device.authorization.grant.enabled': 'true' },
  });
  television = await client.discovery(
    new URL(`${system.url}/realms/${realm.name}`),
    'television',
    undefined,
    client.None(),
    { execute: [client.allowInsecureRequests] },
  );
  mia = await Visitor.arrive();
});
afterAll(async () => {
  await mia.leave();
  await closeBrowser();
});

const begin = () => client.initiateDeviceAuthorization(television, { scope: 'openid offline_access' });

it('its user types the code, signs in, reads what it asks for, and says yes', async () => {
  const shown = await begin();
  const polling = client.pollDeviceAuthorizationGrant(television, shown);
  await mia.open(shown.verification_uri);
  expect(await mia.where()).toBe('login-login-oauth2-device-verify-user-code');
  await mia.page.fill('#device-user-code', shown.user_code.toLowerCase());
  await mia.page.click('#kc-login');
  await mia.signIn('mia', PASSWORD);
  expect(await mia.where()).toBe('login-login-oauth-grant');
  const question = await mia.reads();
  expect(question).toContain('Grant Access to Living Room');
  expect(question).toContain(shown.user_code.toLowerCase());
  expect(question).toContain('Offline Access');
  await mia.page.click('#kc-login');
  expect(await mia.reads()).toContain('Device Login Successful');
  tokens = await polling;
  const info = await client.fetchUserInfo(television, tokens.access_token, id);
  expect(info.preferred_username).toBe('mia');
});

it('who says no leaves it outside', async () => {
  const shown = await begin();
  await mia.open(shown.verification_uri_complete!);
  await mia.page.click('#kc-login');
  await mia.page.click('#kc-cancel');
  expect(await mia.reads()).toContain('Consent denied');
  await expect(client.pollDeviceAuthorizationGrant(television, shown)).rejects.toMatchObject({
    error: 'access_denied',
  });
});

it('goes on when its user has signed out and the realm has new keys, until an administrator takes the consent back', async () => {
  const admin = await administrator();
  await admin.users.logout({ realm: realm.name, id });
  await expect(client.refreshTokenGrant(television, tokens.refresh_token!)).rejects.toMatchObject({
    error: 'invalid_grant',
  });
  const shown = await begin();
  await mia.open(shown.verification_uri_complete!);
  await mia.page.click('#kc-login');
  await mia.signIn('mia', PASSWORD);
  await mia.page.click('#kc-login');
  expect(await mia.reads()).toContain('Device Login Successful');
  tokens = await client.pollDeviceAuthorizationGrant(television, shown);
  await mia.open(realm.accountUrl);
  await mia.page.click('#kc-logout');
  const { keys: before } = await admin.realms.getKeys({ realm: realm.name });
  const rotated = await fetch(`${system.url}/admin/realms/${realm.name}/keys/rotate`, {
    method: 'POST',
    headers: { authorization: `Bearer ${await admin.getAccessToken()}` },
  });
  expect(rotated.status).toBe(204);
  expect((await admin.realms.getKeys({ realm: realm.name })).keys).toHaveLength(before!.length * 2);
  tokens = await client.refreshTokenGrant(television, tokens.refresh_token!);

  const [consent] = await admin.users.listConsents({ realm: realm.name, id });
  expect(consent).toMatchObject({ clientId: 'television' });
  expect(consent!.grantedClientScopes).toContain('offline_access');
  await admin.users.revokeConsent({ realm: realm.name, id, clientId: 'television' });
  await expect(client.refreshTokenGrant(television, tokens.refresh_token!)).rejects.toMatchObject({
    error: 'invalid_grant',
  });
});
