import { randomUUID } from 'node:crypto';
import type { CloudEvent } from '@tumbler/contract-events';
import { flows, type FinishedLogin } from '@tumbler/contract-flows';
import { users } from '@tumbler/contract-users';
import { DataSource } from 'typeorm';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { TestBrowser } from '../testing/browser.js';
import {
  ann,
  configureOtp,
  done,
  enrolmentForm,
  loginForm,
  step,
  stubServices,
  testRealm,
} from '../testing/stub-services.js';
import { testGateway, type TestGateway } from '../testing/test-gateway.js';

const realm = testRealm();
const ACCOUNT = '/realms/lock%20%26%20key/account';

describe('the account page', () => {
  let gateway: TestGateway;
  let browser: TestBrowser;
  beforeAll(async () => {
    gateway = await testGateway();
  });
  afterAll(() => gateway.close());
  beforeEach(async () => {
    stubServices(gateway.bus, realm);
    await gateway.app.get(DataSource).query('delete from session');
    await gateway.app.get(DataSource).query('delete from outbox');
    browser = new TestBrowser(gateway.app);
    await signIn(browser);
  });

  async function signIn(who: TestBrowser, changes: Partial<FinishedLogin> = {}): Promise<string> {
    const login = randomUUID();
    gateway.bus.stub(flows.submit, () => done(login, changes));
    await who.post(`/realms/lock%20%26%20key/login-actions/authenticate?tab_id=${login}`, {});
    return login;
  }
  const tokenOf = (body: string) => /name="token" value="([^"]+)"/.exec(body)?.[1] ?? '';
  const isSignedIn = async (who: TestBrowser) =>
    (await who.get(ACCOUNT)).body.includes('data-page-id="account"');
  const events = async () => {
    const rows: { event: CloudEvent }[] = await gateway.app
      .get(DataSource)
      .query('select event from outbox order by seq');
    return rows.map(({ event }) => event);
  };

  it('shows who is signed in, with what, and where else, in two calls', async () => {
    // The first look in a realm gives it its clients.
    await browser.get(ACCOUNT);
    gateway.bus.calls.length = 0;
    const { body } = await browser.get(ACCOUNT);
    expect(gateway.bus.calls.filter((subject) => subject !== 'users.findRealm').sort()).toEqual([
      'credentials.list',
      'users.get',
    ]);
    expect(body).toContain('<title>Your account – Lock and Key</title>');
    expect(body).toContain('Ann Archer · ann@example.org');
    expect(body.match(/data-credential-type="[a-z]+"/g)).toEqual([
      'data-credential-type="password"',
      'data-credential-type="otp"',
    ]);
    expect(body).toContain('This browser');
  });

  it('leads to what the realm lets users do, and to nothing else', async () => {
    const enabled = (providerId: string) => ({ ...configureOtp, alias: providerId, providerId });
    const may = (...ids: string[]) =>
      gateway.bus.stub(users.get, () => ({ user: ann(), actions: ids.map(enabled) }));
    const doesOn = async () => [...(await browser.get(ACCOUNT)).body.matchAll(/data-does="([^"]+)"/g)];
    may();
    expect(await doesOn()).toEqual([]);
    may('UPDATE_PASSWORD', 'CONFIGURE_TOTP', 'delete_credential', 'delete_account');
    expect((await doesOn()).map(([, does]) => does)).toEqual([
      'UPDATE_PASSWORD',
      'delete_credential',
      'CONFIGURE_TOTP',
    ]);

    gateway.bus.stub(flows.start, (question) => {
      expect(question).toMatchObject({ action: 'UPDATE_PASSWORD', clientId: 'account' });
      expect(question.session).toBeDefined();
      return step(enrolmentForm());
    });
    const { statusCode } = await browser.get(`${ACCOUNT}/actions/UPDATE_PASSWORD`);
    expect(statusCode).toBe(200);
  });

  describe('goes by the roles of the client account', () => {
    const have = (...roles: string[]) =>
      gateway.bus.stub(users.get, () => ({
        user: ann({ clientRoles: { account: roles } }),
        actions: ['UPDATE_PASSWORD', 'delete_account'].map((providerId) => ({
          ...{ ...configureOtp, alias: providerId, providerId },
        })),
      }));
    const forms = async () =>
      [...(await browser.get(ACCOUNT)).body.matchAll(/action="[^"]*\/account\/([^"]+)"/g)].map(
        ([, to]) => to,
      );

    it('shows nothing to a user who has neither view-profile nor manage-account, who can sign out all the same', async () => {
      have('delete-account', 'view-groups');
      const page = await browser.get(ACCOUNT);
      expect(page.statusCode).toBe(403);
      expect(page.body).toContain('data-page-id="login-error"');
      expect(page.body).toContain('ask your administrator');
      expect(page.body).not.toContain('Ann Archer');
      const json = await browser.get(ACCOUNT, { accept: 'application/json' });
      expect(json.statusCode).toBe(403);
      expect(json.body).not.toContain('Archer');
      const out = await browser.post(`${ACCOUNT}/logout`, { token: tokenOf(page.body) });
      expect(out.statusCode).toBe(200);
    });

    it('lets a user with view-profile look, and change nothing, also not past the page', async () => {
      const other = new TestBrowser(gateway.app);
      const there = await signIn(other);
      have('view-profile');
      const page = await browser.get(ACCOUNT);
      expect(page.body).toContain('Ann Archer');
      expect(page.body).not.toContain('data-does=');
      expect(await forms()).toEqual(['logout']);
      const token = tokenOf(page.body);
      const attempts = [
        browser.post(`${ACCOUNT}/end-session`, { token, session: there }),
        browser.post(`${ACCOUNT}/end-other-sessions`, { token }),
        browser.post(`${ACCOUNT}/revoke-application`, { token, client: 'shop' }),
        browser.get(`${ACCOUNT}/actions/UPDATE_PASSWORD`),
        browser.get(`${ACCOUNT}/actions/delete_account`),
      ];
      for (const reply of await Promise.all(attempts)) expect(reply.statusCode).toBe(403);
      expect(await isSignedIn(other)).toBe(true);
    });

    it('lets a user with delete-account leave, and with manage-account do everything else', async () => {
      const does = async () =>
        [...(await browser.get(ACCOUNT)).body.matchAll(/data-does="([^"]+)"/g)].map(([, name]) => name);
      have('view-profile', 'delete-account');
      expect(await does()).toEqual(['delete_account']);
      have('manage-account');
      expect(await does()).toEqual(['UPDATE_PASSWORD']);
    });

    it('does nothing for a user who was disabled a moment ago', async () => {
      const other = new TestBrowser(gateway.app);
      await signIn(other);
      const token = tokenOf((await browser.get(ACCOUNT)).body);
      gateway.bus.stub(users.get, () => ({ user: ann({ enabled: false }), actions: [] }));
      expect((await browser.post(`${ACCOUNT}/end-other-sessions`, { token })).statusCode).toBe(403);
    });
  });

  it('says the same as JSON', async () => {
    const reply = await browser.get(ACCOUNT, { accept: 'application/json' });
    expect(reply.json()).toMatchObject({
      username: 'ann',
      credentials: [{ type: 'password' }, { type: 'otp', label: 'Phone <b>' }],
      sessions: [{ current: true }],
    });
  });

  it('lets a user with something to do through to that and not past it', async () => {
    const pending = ann({ requiredActions: ['CONFIGURE_TOTP'] });
    gateway.bus.stub(users.get, () => ({ user: pending, actions: [configureOtp] }));
    gateway.bus.stub(flows.start, ({ session }) => step(session ? enrolmentForm() : loginForm()));
    const page = await browser.get(ACCOUNT);
    expect(page.body).toContain('data-page-id="login-login-config-totp"');
    expect(page.body).not.toContain('data-page-id="account"');
  });

  it('is not kept from a user by an action that the realm does not ask for, nor by one that a flow passes over', async () => {
    const user = ann({ requiredActions: ['CONFIGURE_TOTP'] });
    gateway.bus.stub(users.get, () => ({ user, actions: [] }));
    expect(await isSignedIn(browser)).toBe(true);
    gateway.bus.stub(users.get, () => ({ user, actions: [configureOtp] }));
    gateway.bus.stub(flows.start, ({ session }) => done(randomUUID(), { sessionId: session?.id }));
    expect(await isSignedIn(browser)).toBe(true);
  });

  it('is closed to a user who is gone, disabled, or signed out by an administrator (ASVS 7.4.2)', async () => {
    const gone = [
      null,
      ann({ enabled: false }),
      ann({ notBefore: gateway.clock.now().getTime() / 1000 + 1 }),
    ];
    for (const user of gone) {
      const one = new TestBrowser(gateway.app);
      stubServices(gateway.bus, realm);
      await signIn(one);
      expect(await isSignedIn(one)).toBe(true);
      gateway.bus.stub(users.get, () => ({ user, actions: [] }));
      expect(await isSignedIn(one)).toBe(false);
      gateway.bus.stub(users.get, () => ({ user: ann(), actions: [] }));
      expect(await isSignedIn(one), 'the session has ended for good').toBe(false);
    }
  });

  it('signs out: the session ends, the cookie goes, an event tells of it', async () => {
    const session = [...browser.cookies].find(([name]) => name.startsWith('tumbler-session'));
    const page = await browser.get(ACCOUNT);
    const out = await browser.post(`${ACCOUNT}/logout`, { token: tokenOf(page.body) });
    expect(out.statusCode).toBe(200);
    expect(out.body).toContain('You are logged out');
    expect(browser.cookies.has(session![0])).toBe(false);
    browser.cookies.set(...session!);
    expect(await isSignedIn(browser)).toBe(false);
    expect(await events()).toMatchObject([
      {
        type: 'LOGOUT',
        realmid: realm.id,
        subject: ann().id,
        data: { userId: ann().id, clientId: 'account' },
      },
    ]);
  });

  it('signs nobody out for another site (C-05), nor with the token of another session', async () => {
    const page = await browser.get(ACCOUNT);
    const other = new TestBrowser(gateway.app);
    await signIn(other);
    const theirs = tokenOf((await other.get(ACCOUNT)).body);
    const attempts = [
      browser.post(`${ACCOUNT}/logout`, { token: tokenOf(page.body) }, { 'sec-fetch-site': 'cross-site' }),
      browser.post(`${ACCOUNT}/logout`, { token: theirs }),
      browser.post(`${ACCOUNT}/logout`, {}),
    ];
    for (const reply of await Promise.all(attempts)) expect(reply.statusCode).toBe(403);
    expect((await browser.get(`${ACCOUNT}/logout`)).statusCode).toBe(404);
    expect(await isSignedIn(browser)).toBe(true);
    expect(await events()).toEqual([]);
  });

  it('signs out in one other place, and nobody else (ASVS 7.5.2)', async () => {
    const [other, third, stranger] = [0, 1, 2].map(() => new TestBrowser(gateway.app));
    const there = await signIn(other!);
    await signIn(third!);
    const theirs = await signIn(stranger!, { userId: randomUUID() });
    const token = tokenOf((await browser.get(ACCOUNT)).body);
    const end = (session: string, with_ = token) =>
      browser.post(`${ACCOUNT}/end-session`, { token: with_, session });
    expect((await end(there, 'made-up')).statusCode).toBe(403);
    for (const session of [there, theirs, 'nonsense']) expect((await end(session)).statusCode).toBe(303);
    expect(await isSignedIn(other!)).toBe(false);
    expect(await isSignedIn(third!)).toBe(true);
    expect(await isSignedIn(browser)).toBe(true);
    expect(await isSignedIn(stranger!)).toBe(true);
    expect(await events()).toMatchObject([{ type: 'LOGOUT', data: { sessionId: there } }]);
  });

  it('signs out everywhere else (ASVS 7.5.2)', async () => {
    const other = new TestBrowser(gateway.app);
    await signIn(other);
    const page = await browser.get(ACCOUNT);
    expect(page.body).toContain('Another browser or program');
    await browser.post(`${ACCOUNT}/end-other-sessions`, { token: tokenOf(page.body) });
    expect(await isSignedIn(other)).toBe(false);
    expect(await isSignedIn(browser)).toBe(true);
  });
});
