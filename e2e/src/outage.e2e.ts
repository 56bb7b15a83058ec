// A service goes away in the middle of a login and comes back. This story has a system of its own to break.
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import KcAdminClient from '@keycloak/keycloak-admin-client';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { freePort } from '../../tools/free-port.mjs';
import { natsPasswords, startNats } from '../../tools/nats.mjs';
import { startSystem, type System } from '../../tools/system.mjs';
import { closeBrowser, Visitor } from './visitor.js';
import { PASSWORD } from './world.js';

let folder: string;
let broken: System;
let admin: KcAdminClient;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'tumbler-outage-'));
  broken = await startSystem({ folder, port: await freePort(), adminPassword: PASSWORD });
  admin = new KcAdminClient({ baseUrl: broken.url });
  await admin.auth({ grantType: 'password', clientId: 'admin-cli', username: 'admin', password: PASSWORD });
  await admin.users.create({
    realm: 'master',
    username: 'olga',
    enabled: true,
    credentials: [{ type: 'password', value: PASSWORD, temporary: false }],
  });
});
afterAll(async () => {
  await closeBrowser();
  await broken?.stop();
  await rm(folder, { recursive: true, force: true });
});

describe.each(['credentials', 'users', 'flows', 'postgres', 'nats'] as const)('while %s is away', (part) => {
  it('the page says so, and the same login goes on afterwards', async () => {
    const olga = await Visitor.arrive();
    const url = broken.url.replace('127.0.0.1', 'localhost');
    await olga.open(`${url}/realms/master/account`);

    await broken.service(part).stop();
    const answer = olga.page.waitForResponse((response) => response.request().method() === 'POST');
    await olga.signIn('olga', PASSWORD);
    expect((await answer).status()).toBe(503);
    expect((await fetch(`${url}/health/live`)).status).toBe(200);
    expect((await fetch(`${url}/health/ready`)).status).toBe(503);

    await broken.service(part).start();
    await broken.ready();
    await olga.page.goBack();
    await olga.signIn('olga', PASSWORD);
    expect(await olga.where()).toBe('account');
    await olga.leave();
  });
});

it('a NATS that was back with other passwords for a while is trusted again, by every service and by the audit log', async () => {
  const health = async () => (await fetch(`${broken.url}/health/ready`)).status;
  await admin.realms.update({ realm: 'master' }, { eventsEnabled: true });

  await broken.service('nats').stop();
  const refused = { gateway: 0, flows: 0, users: 0, credentials: 0 };
  const strange = await startNats({
    port: Number(new URL(broken.natsUrl).port),
    store: join(folder, 'strange-nats'),
    passwords: natsPasswords(),
    log: (_, text) => {
      for (const [, user] of text.matchAll(/authentication error - User "(\w+)"/g))
        refused[user as 'gateway']++;
    },
  });
  // Each has two or three connections, of which the client would close each for good at the second refusal.
  await vi.waitFor(() => expect(Math.min(...Object.values(refused))).toBeGreaterThan(12), 30_000);
  expect(await health()).toBe(503);
  await strange.stop();
  expect(await health()).toBe(503);

  await broken.service('nats').start();
  await broken.ready();
  const olga = await Visitor.arrive();
  await olga.open(`${broken.url.replace('127.0.0.1', 'localhost')}/realms/master/account`);
  const before = Date.now();
  await olga.signIn('olga', PASSWORD);
  expect(await olga.where()).toBe('account');
  await olga.leave();
  const logins = () => admin.realms.findEvents({ realm: 'master', type: 'LOGIN' });
  await vi.waitFor(
    async () => expect((await logins()).filter(({ time }) => time! >= before)).toHaveLength(1),
    30_000,
  );
});
