import { requestId } from '@tumbler/bus';
import { flows } from '@tumbler/contract-flows';
import { users } from '@tumbler/contract-users';
import { AppError } from '@tumbler/errors';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { actionOf, TestBrowser } from '../testing/browser.js';
import { expired, otpForm, step, stubServices, testRealm } from '../testing/stub-services.js';
import { testGateway, type TestGateway } from '../testing/test-gateway.js';

const realm = testRealm();
const ACCOUNT = '/realms/lock%20%26%20key/account';
const ACTIONS = '/realms/lock%20%26%20key/login-actions';

describe('a login in trouble', () => {
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
      // On a slow machine the realm may be looked up once more meanwhile.
      expect(gateway.bus.calls.filter((subject) => subject !== 'users.findRealm')).toEqual([]);
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

    it('is followed through every service by the id that the reply carries', async () => {
      const seen: (string | undefined)[] = [];
      const look = () => {
        seen.push(requestId());
        return step(otpForm());
      };
      gateway.bus.stub(flows.start, look).stub(flows.submit, look);
      const page = await browser.get(ACCOUNT);
      const reply = await browser.post(actionOf(page), { username: 'ann', password: 'right' });
      expect(seen).toEqual([page.headers['x-request-id'], reply.headers['x-request-id']]);
    });

    it('takes no request id from outside (ASVS 16.4.1)', async () => {
      const reply = await browser.get(ACCOUNT, { 'x-request-id': 'forged' });
      expect(reply.headers['x-request-id']).toMatch(/^[0-9a-f-]{36}$/);
    });
  });
});
