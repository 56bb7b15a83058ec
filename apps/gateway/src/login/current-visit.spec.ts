import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { actionOf, TestBrowser } from '../testing/browser.js';
import { stubServices, testRealm } from '../testing/stub-services.js';
import { testGateway, type TestGateway } from '../testing/test-gateway.js';

const ACTIONS = '/realms/demo/login-actions';

describe('the visit that a page is given', () => {
  let gateway: TestGateway;
  let sent: string[];
  beforeAll(async () => {
    gateway = await testGateway({}, (app) => {
      const http = app.getHttpAdapter().getInstance();
      http.addHook('onRequest', (request, reply, done) => {
        const send = reply.send.bind(reply);
        reply.send = (payload) => {
          sent.push(request.url);
          return send(payload);
        };
        done();
      });
    });
    stubServices(gateway.bus, testRealm({ name: 'demo' }));
  });
  afterAll(() => gateway.close());
  beforeEach(() => {
    sent = [];
  });

  it('begins once the guards have let the request in, and for another site not at all', async () => {
    const cookiesFor = async (site: string) => {
      const browser = new TestBrowser(gateway.app);
      await browser.post(`${ACTIONS}/authenticate?tab_id=a`, {}, { 'sec-fetch-site': site });
      return [...browser.cookies.keys()];
    };
    expect(await cookiesFor('cross-site')).toEqual([]);
    expect(await cookiesFor('same-origin')).toEqual(['tumbler-browser']);
  });

  it('is answered by the page alone, whether that is drawn or leads on', async () => {
    const browser = new TestBrowser(gateway.app);
    const page = await browser.get('/realms/demo/account');
    const url = actionOf(page);
    expect((await browser.post(url, { username: 'ada' })).statusCode).toBe(200);
    const elsewhere = `${ACTIONS}/detached-info?info=nothing`;
    expect((await browser.get(elsewhere)).statusCode).toBe(303);
    expect(sent).toEqual(['/realms/demo/account', url, elsewhere]);
  });
});
