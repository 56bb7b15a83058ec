import { randomUUID } from 'node:crypto';
import { flows, text, type FinishedLogin, type Start, type Submit } from '@tumbler/contract-flows';
import { users } from '@tumbler/contract-users';
import { AppError } from '@tumbler/errors';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { actionOf, TestBrowser } from '../testing/browser.js';
import {
  done,
  enrolmentForm,
  expired,
  failed,
  loginForm,
  OTP_URI,
  otpForm,
  step,
  stubServices,
  testRealm,
} from '../testing/stub-services.js';
import { testGateway, type TestGateway } from '../testing/test-gateway.js';

const realm = testRealm();
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

  describe('a page', () => {
    it('is drawn in place for whoever is not signed in, with one call for the login', async () => {
      gateway.bus.calls.length = 0;
      const page = await browser.get(ACCOUNT);
      expect(page.statusCode).toBe(200);
      expect(page.headers['content-type']).toBe('text/html; charset=utf-8');
      expect(page.body).toContain('data-page-id="login-login"');
      expect(page.body).toContain('<title>Sign in to your account – Lock and Key</title>');
      expect(gateway.bus.calls.filter((subject) => subject !== 'users.findRealm')).toEqual(['flows.start']);
    });

    it('labels every field, tells password managers what it is, and says which error belongs to it', async () => {
      const [username, password] = loginForm().fields;
      const wrong = { ...username!, error: { id: 'input-error', text: text('invalidUserMessage') } };
      gateway.bus.stub(flows.start, () => step(loginForm({ fields: [wrong, password!] })));
      const { body } = await browser.get(ACCOUNT);
      expect(body).toContain('<label for="username">Username or email</label>');
      expect(body).toMatch(/<input[^>]*autocomplete="current-password"/);
      expect(body).toMatch(
        /<input[^>]*id="username"[^>]*aria-invalid="true"[^>]*aria-describedby="input-error"/,
      );
      expect(body).toMatch(
        /<p[^>]*id="input-error"[^>]*role="alert"[^>]*>Invalid username or password\.<\/p>/,
      );
      expect(body.match(/autofocus/g)).toHaveLength(1);
    });

    it('shows what users wrote themselves as text and never as markup', async () => {
      const form = otpForm({
        attemptedUsername: '<script>alert(1)</script>',
        title: { literal: '"><img src=x>' },
      });
      gateway.bus.stub(flows.start, () => step(form));
      const { body } = await browser.get(ACCOUNT);
      expect(body).not.toContain('<script>alert');
      expect(body).not.toContain('<img src=x');
    });

    it('holds no script and no style of its own, and may load ours only', async () => {
      gateway.bus.stub(flows.start, () => step(enrolmentForm()));
      const page = await browser.get(ACCOUNT);
      expect(page.body).not.toMatch(/<style|\sstyle=|\son[a-z]+=|javascript:/);
      expect(page.body.match(/<script[^>]*>/g)).toEqual([expect.stringContaining('src="/resources/')]);
      const policy = String(page.headers['content-security-policy']);
      expect(policy).toContain("default-src 'none'");
      expect(policy).toContain("script-src 'self'");
      expect(policy).toContain("frame-ancestors 'none'");
      expect(policy).not.toContain('unsafe');
      expect(page.headers).toMatchObject({
        'cache-control': 'no-store',
        'x-content-type-options': 'nosniff',
        'cross-origin-opener-policy': 'same-origin',
      });
    });

    it('draws the enrolment: the QR code, the key in groups of four, and no secret in a field', async () => {
      gateway.bus.stub(flows.start, () => step(enrolmentForm()));
      const { body } = await browser.get(ACCOUNT);
      expect(body).toMatch(
        /<img id="kc-totp-secret-qr-code" src="data:image\/svg\+xml;base64,[^"]+" alt="QR/,
      );
      expect(body).toContain('JBSW Y3DP EHPK 3PXP JBSW Y3DP EHPK 3PXP');
      expect(body).toContain(`href="${OTP_URI.replaceAll('&', '&amp;')}"`);
      expect(body).toMatch(/<li id="kc-totp-algorithm"><span[^>]*>Algorithm: <\/span>SHA1<\/li>/);
      const fields = body.match(/<input[^>]*>/g) ?? [];
      expect(fields.filter((field) => field.includes('JBSW'))).toEqual([]);
    });

    it('knows the address that shows its step again, and that address has no code in it', async () => {
      const { body } = await browser.get(ACCOUNT);
      const address = /data-address="([^"]+)"/.exec(body)?.[1] ?? '';
      expect(address).toMatch(
        /login-actions\/authenticate\?execution=an-execution&amp;client_id=account&amp;tab_id=/,
      );
      expect(address).not.toContain('session_code');
    });
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

  describe('bad input', () => {
    it('is refused without asking anybody', async () => {
      const page = await browser.get(ACCOUNT);
      const url = actionOf(page);
      gateway.bus.calls.length = 0;
      const json = {
        accept: 'application/json',
        'content-type': 'application/json',
        'sec-fetch-site': 'same-origin',
      };
      const send = (payload: string, headers: Record<string, string> = json) =>
        gateway.app.inject({ method: 'POST', url, payload, headers });

      expect((await send('{"username":')).statusCode).toBe(400);
      expect((await send('[]')).statusCode).toBe(400);
      expect((await send('{"__proto__":{"x":"y"}}')).statusCode).toBe(400);
      const wrongType = await send('{"username":{"$ne":""}}');
      expect(wrongType.statusCode).toBe(400);
      expect(wrongType.json()).toMatchObject({ error: 'invalid_request', field: 'username' });
      expect((await send(JSON.stringify({ password: 'x'.repeat(4097) }))).json()).toMatchObject({
        field: 'password',
      });
      const many = Object.fromEntries(Array.from({ length: 51 }, (_, at) => [`f${at}`, 'x']));
      expect((await send(JSON.stringify(many))).statusCode).toBe(400);
      expect((await send(JSON.stringify({ big: 'x'.repeat(70_000) }))).statusCode).toBe(413);
      const form = { ...json, accept: 'text/html', 'content-type': 'application/x-www-form-urlencoded' };
      expect((await send('username=a&username=b', form)).statusCode).toBe(400);
      expect((await send(`big=${'x'.repeat(70_000)}`, form)).statusCode).toBe(413);
      expect((await send('<x/>', { ...json, 'content-type': 'application/xml' })).statusCode).toBe(400);
      expect(gateway.bus.calls).toEqual([]);
    });

    it('in an address names no login', async () => {
      const shown: string[] = [];
      gateway.bus.stub(flows.show, ({ login }) => {
        shown.push(login);
        return expired;
      });
      for (const query of [
        '',
        '?tab_id=',
        `?tab_id=${'x'.repeat(5000)}`,
        '?tab_id=a&tab_id=b',
        '?tab_id=%00',
      ]) {
        expect((await browser.get(`${ACTIONS}/authenticate${query}`)).statusCode, query).toBe(200);
      }
      expect(shown.every((login) => login === '' || login === '\0')).toBe(true);
    });

    it('an unknown realm is a page for people and JSON for programs', async () => {
      const page = await browser.get('/realms/nowhere/account');
      expect(page.statusCode).toBe(404);
      expect(page.body).toContain('There is no such realm');
      const json = await browser.get('/realms/nowhere/account', { accept: 'application/json' });
      expect(json.json()).toMatchObject({ error: 'Realm not found.' });
    });

    it('a realm that is switched off lets nobody in', async () => {
      const off = testRealm({ name: 'off', enabled: false });
      gateway.bus.stub(users.findRealm, ({ name }) => (name === 'off' ? off : null));
      const page = await browser.get('/realms/off/account');
      expect(page.statusCode).toBe(403);
      expect(page.body).toContain('Realm not enabled');
    });

    it('an unknown address is a page for people, too', async () => {
      const page = await browser.get('/nowhere');
      expect(page.statusCode).toBe(404);
      expect(page.body).toContain('There is nothing here');
    });
  });

  describe('when something is away', () => {
    it('says so, keeps everything, and goes on when it is back', async () => {
      const page = await browser.get(ACCOUNT);
      gateway.bus.stub(flows.submit, () => {
        throw new AppError('service_unavailable', { message: 'users.identify does not answer at 10.0.0.7' });
      });
      const away = await browser.post(actionOf(page), { username: 'ann', password: 'right' });
      expect(away.statusCode).toBe(503);
      expect(away.headers['retry-after']).toBe('3');
      expect(away.body).toContain('nothing was lost');
      expect(away.body).not.toContain('10.0.0.7');
      expect(away.body).toMatch(
        /<a id="try-again"[^>]*href="[^"]*authenticate\?execution=an-execution[^"]*"/,
      );
      expect(away.body).not.toContain('session_code');

      gateway.bus.stub(flows.submit, () => step(otpForm()));
      const back = await browser.post(actionOf(page), { username: 'ann', password: 'right' });
      expect(back.body).toContain('login-login-otp');
    });

    it('tells nothing of an error that nobody foresaw, but a number to ask about', async () => {
      gateway.bus.stub(flows.show, () => {
        throw new Error('the secret is hunter2');
      });
      const broken = await browser.get(`${ACTIONS}/authenticate?tab_id=x`);
      expect(broken.statusCode).toBe(500);
      expect(broken.body).not.toContain('hunter2');
      expect(broken.body).toContain(String(broken.headers['x-request-id']));
    });

    it('takes no request id from outside (ASVS 16.4.1)', async () => {
      const reply = await browser.get(ACCOUNT, { 'x-request-id': 'forged' });
      expect(reply.headers['x-request-id']).toMatch(/^[0-9a-f-]{36}$/);
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

  it('registers where the realm allows it', async () => {
    const refused = await browser.get(`${ACTIONS}/registration?client_id=account`);
    expect(refused.statusCode).toBe(403);
    expect(refused.body).toContain('Registration not allowed');

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
