import { randomUUID } from 'node:crypto';
import { flows, text, type FinishedLogin, type Start, type Submit } from '@tumbler/contract-flows';
import { users } from '@tumbler/contract-users';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { actionOf, TestBrowser } from '../testing/browser.js';
import {
  done,
  enrolmentForm,
  expired,
  failed,
  loginForm,
  otpForm,
  step,
  stubServices,
  testRealm,
} from '../testing/stub-services.js';
import { testGateway, type TestGateway } from '../testing/test-gateway.js';

const realm = testRealm({ rememberMe: true });
const ACCOUNT = '/realms/lock%20%26%20key/account';
const ACTIONS = '/realms/lock%20%26%20key/login-actions';

describe('a login in the browser', () => {
  let gateway: TestGateway;
  let browser: TestBrowser;
  beforeAll(async () => {
    gateway = await testGateway();
  });
  afterAll(() => gateway.close());
  beforeEach(() => {
    stubServices(gateway.bus, realm);
    browser = new TestBrowser(gateway.app);
  });

  describe('an answer', () => {
    it('leads from the password to the code to the account, and the session is found again', async () => {
      const login = randomUUID();
      const asked: Submit[] = [];
      gateway.bus.stub(flows.start, () => step(loginForm(), { login, code: 'one' }));
      gateway.bus.stub(flows.submit, (question) => {
        asked.push(question);
        return asked.length === 1
          ? step(otpForm(), { login, execution: 'otp', code: 'two' })
          : done(login, { redirectUri: `${gateway.config.publicUrl}${ACCOUNT}` });
      });

      const first = await browser.get(ACCOUNT);
      const second = await browser.post(actionOf(first), { username: 'ann', password: 'right' });
      expect(second.statusCode).toBe(200);
      expect(second.body).toContain('data-page-id="login-login-otp"');
      expect(second.body).toMatch(/<input[^>]*inputmode="numeric"[^>]*autocomplete="one-time-code"/);
      const answer = await browser.post(actionOf(second), { otp: '123456' });
      expect(answer.statusCode).toBe(303);
      expect(answer.headers.location).toBe(ACCOUNT);
      expect(asked).toMatchObject([
        { login, code: 'one', execution: 'an-execution', fields: { username: 'ann', password: 'right' } },
        { login, code: 'two', execution: 'otp', fields: { otp: '123456' } },
      ]);

      const account = await browser.get(ACCOUNT);
      expect(account.body).toContain('data-page-id="account"');
      expect(account.body).toContain('ann');
      expect(account.body).toContain('Phone &lt;b>');
    });

    it('costs one call to flows and nothing else (a session comes with the last one)', async () => {
      const page = await browser.get(ACCOUNT);
      gateway.bus.calls.length = 0;
      await browser.post(actionOf(page), { username: 'ann', password: 'right' });
      expect(gateway.bus.calls).toEqual(['flows.submit']);
    });

    it('gets the same session twice when the reply is lost and the form is sent again', async () => {
      const login = randomUUID();
      gateway.bus.stub(flows.submit, () => done(login));
      const page = await browser.get(ACCOUNT);
      const [one, two] = [await browser.post(actionOf(page), {}), await browser.post(actionOf(page), {})];
      expect(one.cookies.map(({ value }) => value)).toEqual(two.cookies.map(({ value }) => value));
    });

    it("ends the old session of the browser, and the user's others where that was asked for", async () => {
      const elsewhere = new TestBrowser(gateway.app);
      await signIn(elsewhere);
      await signIn(browser);
      const before = new Map(browser.cookies);
      await signIn(browser, { endOtherSessions: true });
      expect((await elsewhere.get(ACCOUNT)).body).toContain('login-login');
      expect((await browser.get(ACCOUNT)).body).toContain('data-page-id="account"');
      browser.cookies.clear();
      before.forEach((value, name) => browser.cookies.set(name, value));
      expect((await browser.get(ACCOUNT)).body).toContain('login-login');
    });

    it('that is repeated by the back button leaves the login alone that came after it', async () => {
      const first = await signIn(browser);
      await signIn(browser);
      const now = new Map(browser.cookies);
      gateway.bus.stub(flows.show, ({ login }) => done(login));
      const login = /tab_id=([^&]+)/.exec(String(first.raw.req.url))?.[1] ?? '';
      const back = await browser.get(`${ACTIONS}/authenticate?tab_id=${login}`);
      expect(back.statusCode).toBe(303);
      expect(browser.cookies).toEqual(now);
      expect((await browser.get(ACCOUNT)).body).toContain('data-page-id="account"');
    });

    it('leads nowhere but to pages of ours, whatever the login was begun with (ASVS 3.7, RFC 9700 B-02)', async () => {
      const evil = [
        'https://evil.example/',
        'http://localhost:8080@evil.example/',
        'http://localhost:8080.evil.example/',
        'http://localhost:8080//evil.example/',
        'http://localhost:8080/\\evil.example',
        '//evil.example',
        'javascript:alert(1)',
        'data:text/html,x',
        'nonsense',
      ];
      for (const redirectUri of evil) {
        gateway.bus.stub(flows.submit, () => done(randomUUID(), { redirectUri }));
        const browser = new TestBrowser(gateway.app);
        const page = await browser.get(`${ACCOUNT}?redirect_uri=https://evil.example`);
        const answer = await browser.post(`${actionOf(page)}&redirect_uri=https%3A%2F%2Fevil.example`, {});
        expect(answer.headers.location, redirectUri).toBe(ACCOUNT);
      }
    });

    it('that comes too late, or belongs to another browser, begins anew and says why', async () => {
      const begun: Start[] = [];
      gateway.bus.stub(flows.submit, () => expired);
      gateway.bus.stub(flows.start, (question) => {
        begun.push(question);
        const message = question.notice && { kind: 'error' as const, text: text(question.notice) };
        return step(loginForm(message ? { message } : {}));
      });
      const page = await browser.get(ACCOUNT);
      const late = await browser.post(actionOf(page), { username: 'ann', password: 'right' });
      expect(late.statusCode).toBe(200);
      expect(late.body).toContain('Login timeout. Please sign in again.');
      expect(actionOf(late)).not.toBe(actionOf(page));
      expect(begun.at(-1)).toMatchObject({ flow: 'browser', notice: 'expiredCodeMessage' });
    });

    it('that fails for good says so with its status', async () => {
      gateway.bus.stub(flows.submit, () => failed('access-denied', 403));
      const page = await browser.get(ACCOUNT);
      const over = await browser.post(actionOf(page), {});
      expect(over.statusCode).toBe(403);
      expect(over.body).toContain('data-page-id="login-error"');
      expect(over.body).toContain('Access denied');
    });
  });

  describe('its browser', () => {
    it('is known to flows by a hash, the same for every tab, and never by its secret', async () => {
      const seen: string[] = [];
      gateway.bus.stub(flows.start, ({ browser }) => {
        seen.push(browser);
        return step(loginForm());
      });
      await browser.get(ACCOUNT);
      await browser.get(ACCOUNT);
      await new TestBrowser(gateway.app).get(ACCOUNT);
      const [secret = ''] = (browser.cookies.get('tumbler-browser') ?? '').split('.');
      expect(seen[0]).toBe(seen[1]);
      expect(seen[2]).not.toBe(seen[0]);
      expect(seen[0]).not.toBe(secret);
      expect(Buffer.from(secret, 'base64url')).toHaveLength(32);
    });

    it('is given a new secret where it brings one that is not from us (C-04)', async () => {
      browser.cookies.set('tumbler-browser', `${'A'.repeat(43)}.${'A'.repeat(43)}`);
      const page = await browser.get(ACCOUNT);
      expect(page.cookies.map(({ name }) => name)).toEqual(['tumbler-browser']);
    });

    it('gets cookies that no script reads and no other site sends (ASVS 3.3)', async () => {
      const page = await browser.get(ACCOUNT);
      expect(page.cookies).toMatchObject([
        { name: 'tumbler-browser', httpOnly: true, sameSite: 'Lax', path: '/' },
      ]);
      const cookie = (await signIn(browser)).cookies.find(({ name }) => name.includes('session'));
      expect(cookie).toMatchObject({
        name: `tumbler-session-${realm.id}`,
        httpOnly: true,
        sameSite: 'Lax',
        path: '/',
      });
      expect(cookie).not.toHaveProperty('maxAge');
    });

    it('is remembered when it is closed only where the user wants that', async () => {
      const reply = await signIn(browser, { rememberMe: true });
      const cookie = reply.cookies.find(({ name }) => name.includes('session'));
      expect(cookie).toMatchObject({ maxAge: 36_000 });
    });

    it('may change something from our own pages only (C-05), signed in or not', async () => {
      const page = await browser.get(ACCOUNT);
      const sites = [
        { 'sec-fetch-site': 'cross-site' },
        { 'sec-fetch-site': 'same-site' },
        { 'sec-fetch-site': 'none' },
      ];
      for (const headers of sites) {
        const reply = await browser.post(actionOf(page), { username: 'mallory' }, headers);
        expect(reply.statusCode, JSON.stringify(headers)).toBe(403);
      }
      const bare = { method: 'POST', url: actionOf(page), payload: 'username=mallory' } as const;
      const type = { 'content-type': 'application/x-www-form-urlencoded' };
      for (const origin of ['https://evil.example', 'null', undefined]) {
        const headers = origin === undefined ? type : { ...type, origin };
        expect((await gateway.app.inject({ ...bare, headers })).statusCode, String(origin)).toBe(403);
      }
      const ours = { ...type, origin: 'http://localhost:8080' };
      expect((await gateway.app.inject({ ...bare, headers: ours })).statusCode).toBe(200);
    });
  });

  describe('as JSON', () => {
    const json = { accept: 'application/json', 'content-type': 'application/json' };

    it('asks for the same things in words, and takes the answer as JSON', async () => {
      const login = randomUUID();
      gateway.bus.stub(flows.start, () => step(enrolmentForm(), { login }));
      const page = await browser.get(ACCOUNT, { accept: 'application/json' });
      expect(page.json()).toMatchObject({
        login,
        execution: 'an-execution',
        code: 'a-code',
        form: {
          page: 'login-login-config-totp',
          title: 'Mobile Authenticator Setup',
          fields: [
            { name: 'totp', label: 'One-time code' },
            { name: 'userLabel' },
            { name: 'logout-sessions' },
          ],
          links: [
            { label: 'Restart login', href: expect.stringContaining('/login-actions/restart?') as string },
          ],
        },
      });
      gateway.bus.stub(flows.submit, () => done(login));
      const answer = await browser.post(page.json<{ action: string }>().action, { totp: '123456' }, json);
      expect(answer.json()).toEqual({ login, redirectUri: `http://localhost:8080${ACCOUNT}` });
      expect(answer.cookies).toHaveLength(1);
    });

    it('goes through the same checks', async () => {
      const page = await browser.get(ACCOUNT);
      const crossSite = { ...json, 'sec-fetch-site': 'cross-site' };
      const reply = await browser.post(actionOf(page), { username: 'mallory' }, crossSite);
      expect(reply.statusCode).toBe(403);
      expect(reply.json()).toMatchObject({ error: 'forbidden' });
    });
  });

  it('shows the present step again at its address, and hands on what the step may look at', async () => {
    gateway.bus.stub(flows.show, ({ query }) => step(otpForm({ title: { literal: JSON.stringify(query) } })));
    const page = await browser.get(`${ACTIONS}/required-action?tab_id=x&client_id=account&mode=manual`);
    expect(page.body).toContain('{&quot;mode&quot;:&quot;manual&quot;}');
  });

  it('starts over where the user asks for it', async () => {
    gateway.bus.stub(flows.show, ({ restart }) => step(restart ? loginForm() : otpForm()));
    const page = await browser.get(`${ACTIONS}/restart?tab_id=x&client_id=account`);
    expect(page.body).toContain('data-page-id="login-login"');
  });

  it('leads to registering', async () => {
    const open = testRealm({ name: 'open', registrationAllowed: true });
    gateway.bus.stub(users.findRealm, ({ name }) => (name === 'open' ? open : null));
    gateway.bus.stub(flows.start, ({ flow }) => step(loginForm({ page: `login-${flow}` })));
    const page = await browser.get('/realms/open/login-actions/registration?client_id=account');
    expect(page.body).toContain('data-page-id="login-registration"');
  });

  async function signIn(who: TestBrowser, changes: Partial<FinishedLogin> = {}) {
    const login = randomUUID();
    gateway.bus.stub(flows.submit, () => done(login, changes));
    return who.post(`${ACTIONS}/authenticate?tab_id=${login}`, {});
  }
});
