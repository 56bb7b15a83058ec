import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Clients } from '../oidc/clients/clients.js';
import { Sessions } from '../sessions/sessions.js';
import { adminWorld, type AdminWorld } from '../testing/admin-world.js';

describe('what an administrator does to a credential', () => {
  let world: AdminWorld;
  let sessions: Sessions;
  let id: string;
  beforeAll(async () => {
    world = await adminWorld();
    sessions = world.gateway.app.get(Sessions);
    ({ id } = await world.admin.users.create({ realm: 'acme', username: 'uma' }));
  });
  afterAll(() => world.gateway.close());

  const signedIn = async () => {
    const realm = world.people.realm('acme');
    const authTime = Math.floor(world.gateway.clock.now().getTime() / 1000);
    const finished = {
      userId: id,
      username: 'uma',
      clientId: 'account',
      authTime,
      amr: ['pwd'],
      rememberMe: false,
    };
    const session = await sessions.openDirect({ id: randomUUID(), realm, finished });
    const client = await world.gateway.app.get(Clients).byClientId(realm, 'account');
    const offline = await sessions.openOffline(realm, session, client!);
    return async () =>
      (await Promise.all([session, offline].map((each) => sessions.byId(realm, each!.id)))).filter(Boolean)
        .length;
  };
  const setPassword = (query = '') =>
    world.ask('PUT', `/acme/users/${id}/reset-password${query}`, {
      type: 'password',
      value: 'New-Pass-1234',
    });
  const otp = async () => {
    const credentials = [{ type: 'otp', secretData: '{}', credentialData: '{}' }];
    await world.admin.users.update({ realm: 'acme', id }, { credentials });
    const [given] = await world.admin.users.getCredentials({ realm: 'acme', id });
    return given!.id!;
  };

  it('ends the sessions of the user, offline ones too (ASVS 7.4.3; mistakes.md: trusted devices)', async () => {
    const afterPassword = await signedIn();
    expect((await setPassword()).status).toBe(204);
    expect(await afterPassword()).toBe(0);
    const device = await otp();
    const afterOtp = await signedIn();
    await world.admin.users.deleteCredential({ realm: 'acme', id, credentialId: device });
    expect(await afterOtp()).toBe(0);
    await otp();
    const afterDisabling = await signedIn();
    expect((await world.ask('PUT', `/acme/users/${id}/disable-credential-types`, ['otp'])).status).toBe(204);
    expect(await afterDisabling()).toBe(0);
  });

  it('lets them go on where that is said', async () => {
    const device = await otp();
    const alive = await signedIn();
    const go = '?logoutSessions=false';
    expect((await setPassword(go)).status).toBe(204);
    expect((await world.ask('DELETE', `/acme/users/${id}/credentials/${device}${go}`)).status).toBe(204);
    expect((await world.ask('PUT', `/acme/users/${id}/disable-credential-types${go}`, ['otp'])).status).toBe(
      204,
    );
    expect(await alive()).toBe(2);
    expect(await setPassword('?logoutSessions=perhaps')).toMatchObject({ status: 400 });
    expect(await alive()).toBe(2);
  });
});
