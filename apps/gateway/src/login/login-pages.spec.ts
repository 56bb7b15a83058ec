import { flows, text } from '@tumbler/contract-flows';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { TestBrowser } from '../testing/browser.js';
import {
  enrolmentForm,
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

describe('a page of a login', () => {
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

  it('is drawn in place for whoever is not signed in, with one call for the login', async () => {
    // Whoever comes first finds no clients yet, and has them made.
    await browser.get(ACCOUNT);
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
    expect(body).toMatch(/<p[^>]*id="input-error"[^>]*role="alert"[^>]*>Invalid username or password\.<\/p>/);
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
    expect(body).toMatch(/<img id="kc-totp-secret-qr-code" src="data:image\/svg\+xml;base64,[^"]+" alt="QR/);
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
