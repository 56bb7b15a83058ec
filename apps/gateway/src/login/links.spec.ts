import { flows, text, type OpenedLink, type UseLink } from '@tumbler/contract-flows';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { actionOf, TestBrowser } from '../testing/browser.js';
import { loginForm, step, stubServices, testRealm } from '../testing/stub-services.js';
import { testGateway, type TestGateway } from '../testing/test-gateway.js';

const realm = testRealm({ resetPasswordAllowed: true });
const ACTIONS = '/realms/lock%20%26%20key/login-actions';
const KEY = 'k'.repeat(43);
const opened: OpenedLink = {
  kind: 'confirm',
  form: {
    page: 'login-info',
    id: 'kc-action-token-form',
    title: text('confirmLinkTitle'),
    blocks: [{ kind: 'text', text: text('confirmResetCredentials') }],
    fields: [],
    buttons: [{ id: 'kc-proceed', label: text('proceedWithAction'), kind: 'primary' }],
  },
};

describe('a link that came by mail', () => {
  let gateway: TestGateway;
  let browser: TestBrowser;
  let used: UseLink[];
  beforeAll(async () => {
    gateway = await testGateway();
  });
  afterAll(() => gateway.close());
  beforeEach(() => {
    used = [];
    stubServices(gateway.bus, realm);
    browser = new TestBrowser(gateway.app);
    gateway.bus.stub(flows.openLink, ({ key }) => (key === KEY ? opened : { kind: 'expired' }));
    gateway.bus.stub(flows.useLink, (question) => {
      used.push(question);
      return { kind: 'info' as const, text: text('emailVerifiedMessage') };
    });
  });

  it('shows a button when it is followed, and does what it is for when that is pressed', async () => {
    const page = await browser.get(`${ACTIONS}/action-token?key=${KEY}`);
    expect(page.statusCode).toBe(200);
    expect(page.headers['cache-control']).toBe('no-store');
    expect(page.body).toContain('Do you want to set a new password?');
    expect(used).toEqual([]);
    const done = await browser.post(actionOf(page), {});
    expect(done.body).toContain('Your email address has been verified.');
    expect(done.body).toContain('data-page-id="login-info"');
    expect(used).toMatchObject([
      {
        key: KEY,
        realm: { url: `${gateway.config.publicUrl}/realms/lock%20%26%20key`, userLinkLifespan: 300 },
      },
    ]);
    expect(browser.cookies.has('KEYCLOAK_IDENTITY')).toBe(false);
  });

  it('leads into a login where there is more to do', async () => {
    gateway.bus.stub(flows.useLink, () => step(loginForm(), { login: 'a-login', code: 'one' }));
    const page = await browser.post(`${ACTIONS}/action-token?key=${KEY}`, {});
    expect(actionOf(page)).toContain('tab_id=a-login');
  });

  it('is not used by another site (C-05)', async () => {
    const sent = await browser.post(
      `${ACTIONS}/action-token?key=${KEY}`,
      {},
      { 'sec-fetch-site': 'cross-site' },
    );
    expect(sent.statusCode).toBe(403);
    expect(used).toEqual([]);
  });

  it.each(['', 'key=', `key=${'k'.repeat(44)}`, `key=${'k'.repeat(5000)}`, `key=${KEY}&key=${KEY}`])(
    'that is none says that it does not work: %.20s',
    async (query) => {
      const page = await browser.get(`${ACTIONS}/action-token?${query}`);
      expect(page.statusCode).toBe(400);
      expect(page.body).toContain('This link was used already, or has expired.');
    },
  );

  it('that ends somebody’s sessions ends them', async () => {
    const userId = '5f3d7c5e-53a2-4a5e-8f0e-0a4b6d1d7a11';
    gateway.bus.stub(flows.useLink, () => ({
      kind: 'info' as const,
      text: text('accountUpdatedMessage'),
      endSessionsOf: userId,
    }));
    const page = await browser.post(`${ACTIONS}/action-token?key=${KEY}`, {});
    expect(page.body).toContain('Your account has been updated.');
  });
});

it('a forgotten password begins at an address of its own', async () => {
  const gateway = await testGateway();
  stubServices(gateway.bus, realm);
  const asked: string[] = [];
  gateway.bus.stub(flows.start, ({ flow }) => {
    asked.push(flow);
    return step(loginForm(), { login: 'a-login', code: 'one' });
  });
  await new TestBrowser(gateway.app).get(`${ACTIONS}/reset-credentials`);
  expect(asked).toEqual(['reset-credentials']);
  await gateway.close();
});
