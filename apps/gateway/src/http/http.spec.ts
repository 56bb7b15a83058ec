import { flows, text } from '@tumbler/contract-flows';
import { users, type Realm } from '@tumbler/contract-users';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Realms } from '../realms/realms.js';
import { actionOf, TestBrowser } from '../testing/browser.js';
import { loginForm, step, stubServices, testRealm } from '../testing/stub-services.js';
import { testGateway, type TestGateway } from '../testing/test-gateway.js';
import { assetUrl } from './assets.js';

const realm = testRealm({ name: 'demo' });

describe('behind https and a proxy', () => {
  let gateway: TestGateway;
  const addresses: (string | undefined)[] = [];
  beforeAll(async () => {
    gateway = await testGateway({
      PUBLIC_URL: 'https://id.example',
      TRUSTED_PROXIES: '10.0.0.0/8, 127.0.0.9',
    });
    stubServices(gateway.bus, realm);
    gateway.bus.stub(flows.start, ({ visitor }) => {
      addresses.push(visitor.address);
      return step(loginForm({ title: text('loginAccountTitle') }));
    });
  });
  afterAll(() => gateway.close());

  it('gives cookies that only https carries and that no neighbour can plant (ASVS 3.3)', async () => {
    const { cookies, headers } = await new TestBrowser(gateway.app).get('/realms/demo/account');
    expect(cookies).toMatchObject([
      { name: '__Host-tumbler-browser', secure: true, httpOnly: true, path: '/' },
    ]);
    expect(cookies[0]).not.toHaveProperty('domain');
    expect(headers['strict-transport-security']).toBe('max-age=31536000');
  });

  it('takes forms from its public address and from no other', async () => {
    const page = await new TestBrowser(gateway.app).get('/realms/demo/account');
    const send = async (origin: string) => {
      const headers = { origin, host: 'id.example', 'content-type': 'application/x-www-form-urlencoded' };
      return (await gateway.app.inject({ method: 'POST', url: actionOf(page), payload: 'a=b', headers }))
        .statusCode;
    };
    expect(await send('https://id.example')).toBe(200);
    expect(await send('http://id.example')).toBe(403);
    expect(await send('https://id.example.evil.example')).toBe(403);
  });

  it('lets nobody from outside sign in without https, by what the realm asks for', async () => {
    const status = async (sslRequired: Realm['sslRequired'], remoteAddress: string, scheme: string) => {
      gateway.bus.stub(users.findRealm, () => testRealm({ sslRequired }));
      gateway.app.get(Realms).forget();
      const headers = { accept: 'text/html', 'x-forwarded-proto': scheme, 'x-forwarded-for': remoteAddress };
      const request = { url: '/realms/demo/account', remoteAddress: '10.1.2.3', headers };
      return (await gateway.app.inject(request)).statusCode;
    };
    expect(await status('external', '203.0.113.7', 'http')).toBe(403);
    expect(await status('external', '203.0.113.7', 'https')).toBe(200);
    expect(await status('external', '192.168.1.5', 'http')).toBe(200);
    expect(await status('external', '2001:db8::1', 'http')).toBe(403);
    expect(await status('external', '::1', 'http')).toBe(200);
    expect(await status('external', '::ffff:203.0.113.7', 'http')).toBe(403);
    expect(await status('all', '127.0.0.1', 'http')).toBe(403);
    expect(await status('none', '203.0.113.7', 'http')).toBe(200);
    gateway.bus.stub(users.findRealm, () => realm);
    gateway.app.get(Realms).forget();
  });

  it('believes X-Forwarded-For from a proxy that it was told of, and from nobody else (ASVS 4.1.3)', async () => {
    const from = async (remoteAddress: string) => {
      const headers = { 'x-forwarded-for': '203.0.113.7', accept: 'text/html' };
      await gateway.app.inject({ url: '/realms/demo/account', remoteAddress, headers });
      return addresses.at(-1);
    };
    expect(await from('10.1.2.3')).toBe('203.0.113.7');
    expect(await from('192.168.0.1')).toBe('192.168.0.1');
  });
});

describe('the gateway', () => {
  let gateway: TestGateway;
  beforeAll(async () => {
    gateway = await testGateway();
    stubServices(gateway.bus, realm);
  });
  afterAll(() => gateway.close());
  const get = (url: string, headers = {}) => gateway.app.inject({ url, headers });

  it('serves its files for good under an address that changes with them', async () => {
    const page = await get('/realms/demo/account', { accept: 'text/html' });
    const files = [...page.body.matchAll(/(?:href|src)="(\/resources\/[^"]+)"/g)].map(([, url]) => url!);
    expect(files).toContain(assetUrl('login.css'));
    for (const url of files) {
      const file = await get(url);
      expect(file.statusCode, url).toBe(200);
      expect(file.headers['cache-control']).toBe('public, max-age=31536000, immutable');
    }
    expect((await get('/resources/old/login.css')).headers['cache-control']).toBe('no-cache');
    expect((await get('/resources/login.css')).headers['content-type']).toBe('text/css; charset=utf-8');
    for (const name of ['..%2fpackage.json', 'constructor', 'nothing.js']) {
      expect((await get(`/resources/${name}`)).statusCode, name).toBe(404);
    }
  });

  it('believes no X-Forwarded-* where no proxy is configured (ASVS 4.1.3)', async () => {
    const addresses: (string | undefined)[] = [];
    gateway.bus.stub(flows.start, ({ visitor }) => {
      addresses.push(visitor.address);
      return step(loginForm());
    });
    await get('/realms/demo/account', { 'x-forwarded-for': '203.0.113.7', accept: 'text/html' });
    expect(addresses).toEqual(['127.0.0.1']);
  });

  it('allows no other site to read an answer (no CORS)', async () => {
    const reply = await get('/realms/demo/account', { origin: 'https://evil.example' });
    expect(reply.headers).not.toHaveProperty('access-control-allow-origin');
  });

  it('takes a request that names a content type and sends nothing', async () => {
    const headers = { 'content-type': 'application/json', 'sec-fetch-site': 'same-origin' };
    const reply = await gateway.app.inject({ method: 'DELETE', url: '/admin/realms/demo', headers });
    expect(reply.statusCode).toBe(401);
  });

  it('does not say what it is made of', async () => {
    const { headers } = await get('/health/live');
    expect(Object.keys(headers)).not.toContain('x-powered-by');
    expect(Object.keys(headers)).not.toContain('server');
  });

  it('sends whoever knows only its address to the account of the administrator', async () => {
    expect((await get('/')).headers.location).toBe('/realms/master/account');
  });
});
