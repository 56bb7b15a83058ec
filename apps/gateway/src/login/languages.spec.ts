import { randomUUID } from 'node:crypto';
import { flows, text } from '@tumbler/contract-flows';
import { users } from '@tumbler/contract-users';
import { AppError } from '@tumbler/errors';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { Realms } from '../realms/realms.js';
import { actionOf, TestBrowser } from '../testing/browser.js';
import { done, loginForm, otpForm, step, stubServices, testRealm } from '../testing/stub-services.js';
import { testGateway, type TestGateway } from '../testing/test-gateway.js';

const speaking = { internationalizationEnabled: true, supportedLocales: ['en', 'de'], defaultLocale: 'en' };
const ACCOUNT = '/realms/lock%20%26%20key/account';

describe('a realm that speaks several languages', () => {
  let gateway: TestGateway;
  let browser: TestBrowser;
  beforeAll(async () => void (gateway = await testGateway()));
  afterAll(() => gateway.close());
  beforeEach(() => {
    stubServices(gateway.bus, testRealm(speaking));
    browser = new TestBrowser(gateway.app);
  });

  const german = 'Bei Ihrem Konto anmelden';
  const english = 'Sign in to your account';

  it('shows the page in the language that was picked, and offers the others', async () => {
    const { body } = await browser.get(`${ACCOUNT}?kc_locale=de`);
    expect(body).toContain(german);
    expect(body).toContain('<html lang="de">');
    expect(body).toMatch(/<a id="language-de"[^>]*aria-current="true"[^>]*>Deutsch<\/a>/);
    expect(body).toMatch(/<a id="language-en" href="[^"]*kc_locale=en[^"]*"[^>]*>English<\/a>/);
  });

  it('goes on in it from page to page, and at the next visit', async () => {
    const first = await browser.get(`${ACCOUNT}?kc_locale=de`);
    gateway.bus.stub(flows.submit, (question) => {
      expect(question.locale).toBe('de');
      return step(otpForm());
    });
    const otp = await browser.post(actionOf(first, 'kc-form-login'), { username: 'ann', password: 'x' });
    expect(otp.body).toContain('Einmalcode');
    expect(otp.body).toContain('kc_locale=de');
    expect((await browser.get(ACCOUNT)).body).toContain(german);
  });

  it('follows the browser where nobody has said anything', async () => {
    const { body } = await browser.get(ACCOUNT, { 'accept-language': 'de-AT, en;q=0.5' });
    expect(body).toContain(german);
    expect(body).not.toContain('kc_locale=de&amp;execution');
  });

  it('turns to the language of whoever has proven who they are', async () => {
    gateway.bus.stub(flows.start, () => ({ ...step(loginForm()), locale: 'de' }));
    const inTheirs = await browser.get(ACCOUNT, { 'accept-language': 'en' });
    expect(inTheirs.body).toContain(german);
    const picked = await browser.get(`${ACCOUNT}?kc_locale=en`);
    expect(picked.body).toContain(english);
  });

  it.each(['fr', 'constructor', '__proto__', '"><script>', 'de-'.repeat(200)])(
    'says nothing of %j, which it does not offer',
    async (kc_locale) => {
      const page = await browser.get(`${ACCOUNT}?${new URLSearchParams({ kc_locale }).toString()}`);
      expect(page.body).toContain(english);
      expect(page.body).not.toContain('<script>');
      expect([...browser.cookies.keys()].filter((name) => name.includes('locale'))).toEqual([]);
    },
  );

  it('asks flows to keep no language that was not picked', async () => {
    const first = await browser.get(ACCOUNT, { 'accept-language': 'de' });
    gateway.bus.stub(flows.submit, (question) => {
      expect(question).not.toHaveProperty('locale');
      return step(otpForm());
    });
    await browser.post(actionOf(first, 'kc-form-login'), { username: 'ann', password: 'x' });
  });

  describe('also where a page only says something', () => {
    const linkTo = (language: string, body: string) =>
      new RegExp(`id="language-${language}" href="([^"]+)"`).exec(body)?.[1]?.replaceAll('&amp;', '&') ?? '';
    const info = () => ({ kind: 'info' as const, text: text('emailUpdatedMessage', 'ann@harbour.example') });
    async function told() {
      const first = await browser.get(ACCOUNT);
      gateway.bus.stub(flows.submit, info);
      return browser.post(actionOf(first, 'kc-form-login'), { username: 'ann', password: 'x' });
    }

    it('that cannot be asked for again: it is said once more, and nobody reads in its address whom it is about', async () => {
      const { body } = await told();
      expect(body).toContain('The email address of your account is ann@harbour.example now.');
      const link = linkTo('de', body);
      expect(link).toContain('/login-actions/detached-info?');
      expect(link).not.toContain('harbour');
      const calls = gateway.bus.calls.length;
      const again = await browser.get(link);
      expect(again.statusCode).toBe(200);
      expect(again.body).toContain('ann@harbour.example');
      expect(again.body).toContain('<html lang="de">');
      expect(again.body).toContain('data-page-id="login-info"');
      expect((await browser.get(linkTo('en', again.body))).body).toContain('<html lang="en">');
      expect(gateway.bus.calls.slice(calls).filter((call) => call.startsWith('flows.'))).toEqual([]);
    });

    it('of which one can be in another browser, or be made up, and then says nothing', async () => {
      const link = linkTo('de', (await told()).body);
      const made = `${link.slice(0, -30)}${link.at(-30) === 'A' ? 'B' : 'A'}${link.slice(-29)}`;
      const stranger = await new TestBrowser(gateway.app).get(link);
      for (const reply of [stranger, await browser.get(made), await browser.get(link.split('?')[0]!)]) {
        expect(reply.statusCode).toBe(303);
        expect(reply.headers.location).toBe(ACCOUNT);
      }
    });

    it('that something went wrong', async () => {
      const first = await browser.get(ACCOUNT);
      const disabled = { kind: 'failed', error: text('accountDisabledMessage'), status: 400 } as const;
      gateway.bus.stub(flows.submit, () => disabled);
      const failed = await browser.post(actionOf(first, 'kc-form-login'), { username: 'ann', password: 'x' });
      expect(failed.statusCode).toBe(400);
      expect((await browser.get(linkTo('de', failed.body))).body).toContain('Das Konto ist gesperrt');
    });

    it('that there is nothing at an address', async () => {
      const nowhere = '/realms/lock%20%26%20key/nowhere';
      const html = { accept: 'text/html' };
      const page = await browser.get(nowhere, html);
      expect(page.statusCode).toBe(404);
      expect((await browser.get(linkTo('de', page.body), html)).body).toContain('<html lang="de">');
      stubServices(gateway.bus, testRealm());
      gateway.app.get(Realms).forget();
      expect((await browser.get(nowhere, html)).body).not.toContain('kc-locale');
      gateway.app.get(Realms).forget();
    });

    it('that somebody is signed out, and on the account page before', async () => {
      const login = randomUUID();
      gateway.bus.stub(flows.submit, () => done(login));
      await browser.post(`/realms/lock%20%26%20key/login-actions/authenticate?tab_id=${login}`, {});
      const page = await browser.get(ACCOUNT);
      const german = await browser.get(linkTo('de', page.body));
      expect(german.body).toContain('Sie sind angemeldet als');
      const token = /name="token" value="([^"]+)"/.exec(german.body)?.[1] ?? '';
      const out = await browser.post(`${ACCOUNT}/logout`, { token });
      expect(out.body).toContain('<html lang="de">');
      expect((await browser.get(linkTo('en', out.body))).body).toContain('You are logged out');
    });
  });

  it('is one that has switched that on', async () => {
    stubServices(gateway.bus, testRealm({ supportedLocales: ['en', 'de'] }));
    gateway.app.get(Realms).forget();
    const { body } = await browser.get(`${ACCOUNT}?kc_locale=de`, { 'accept-language': 'de' });
    expect(body).not.toContain('lang="de"');
    expect(body).not.toContain('kc-locale');
  });
});

describe('a page that is no realm’s', () => {
  let gateway: TestGateway;
  beforeAll(async () => {
    gateway = await testGateway();
    stubServices(gateway.bus, testRealm());
    gateway.bus.stub(users.findRealm, ({ name }) => {
      if (name === 'away') throw new AppError('service_unavailable');
      return null;
    });
  });
  afterAll(() => gateway.close());

  const page = async (address: string, language?: string) => {
    const headers = { accept: 'text/html', ...(language ? { 'accept-language': language } : {}) };
    return new TestBrowser(gateway.app).get(address, headers);
  };

  it.each([
    ['of a realm that is not there', '/realms/nowhere/account', 404, 'Diesen Realm gibt es nicht'],
    ['of a realm that nobody can be asked for', '/realms/away/account', 503, 'Einen Moment, bitte'],
    ['of no realm at all', '/nowhere', 404, 'Hier ist nichts'],
    [
      'where a login begins',
      '/realms/nowhere/protocol/openid-connect/auth',
      404,
      'Diesen Realm gibt es nicht',
    ],
  ])('%s, is in the language that the browser asks for', async (_, address, status, german) => {
    const answer = await page(address, 'fr, de-AT;q=0.8, en;q=0.5');
    expect(answer.statusCode).toBe(status);
    expect(answer.body).toContain(german);
    expect(answer.body).toContain('<html lang="de">');
    for (const language of [undefined, 'en, de;q=0.5', 'fr', '"><script>']) {
      const { body } = await page(address, language);
      expect(body).toContain('<html lang="en">');
      expect(body).not.toContain('<script>');
    }
  });

  it('is in the one that was picked before, also where the browser asks for another', async () => {
    const browser = new TestBrowser(gateway.app);
    browser.cookies.set('tumbler-locale', 'de');
    const { body } = await browser.get('/realms/nowhere/account', {
      'accept-language': 'en',
      accept: 'text/html',
    });
    expect(body).toContain('<html lang="de">');
  });
});
