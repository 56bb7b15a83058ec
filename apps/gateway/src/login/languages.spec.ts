import { flows } from '@tumbler/contract-flows';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { Realms } from '../realms/realms.js';
import { actionOf, TestBrowser } from '../testing/browser.js';
import { loginForm, otpForm, step, stubServices, testRealm } from '../testing/stub-services.js';
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

  it('is one that has switched that on', async () => {
    stubServices(gateway.bus, testRealm({ supportedLocales: ['en', 'de'] }));
    gateway.app.get(Realms).forget();
    const { body } = await browser.get(`${ACCOUNT}?kc_locale=de`, { 'accept-language': 'de' });
    expect(body).not.toContain('lang="de"');
    expect(body).not.toContain('kc-locale');
  });
});
