// A single-page app as one would write it with Keycloak's own adapter, on an origin of its own.
import { readFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import { createRequire } from 'node:module';
import type { AddressInfo } from 'node:net';
import { expect } from 'vitest';
import type { Visitor } from './visitor.js';

const adapter = createRequire(import.meta.url).resolve('keycloak-js');

/** The page signs its user in at once and shows what it knows; a test works it by its buttons. */
const page = (config: object) => `<!doctype html>
<title>Sample app</title>
<pre id="state"></pre>
<button id="refresh">Refresh</button> <button id="profile">Who is it</button> <button id="out">Sign out</button>
<input id="action"> <button id="ask">Have it done</button>
<script type="module">
  import Keycloak from '/keycloak.js';
  const keycloak = new Keycloak(${JSON.stringify(config)});
  const show = (what) => { document.querySelector('#state').textContent = JSON.stringify(what); };
  let told;
  keycloak.onActionUpdate = (status, action) => { told = { status, action }; };
  const tell = () => show({ parsed: keycloak.tokenParsed, id: keycloak.idTokenParsed, told });
  const act = (id, work) => document.querySelector(id).addEventListener('click', () =>
    work().catch((error) => show({ error: String(error?.error ?? error?.message ?? error) })));
  act('#refresh', async () => { const refreshed = await keycloak.updateToken(-1); show({ refreshed, parsed: keycloak.tokenParsed }); });
  act('#profile', async () => show({ info: await keycloak.loadUserInfo() }));
  act('#out', () => keycloak.logout({ redirectUri: location.origin + '/bye' }));
  act('#ask', () => keycloak.login({ action: document.querySelector('#action').value, redirectUri: location.origin + '/' }));
  if (location.pathname === '/bye') show({ bye: true });
  else keycloak.init({ onLoad: 'login-required', pkceMethod: 'S256', checkLoginIframe: false, redirectUri: location.origin + '/' })
    .then(tell, (error) => show({ error: String(error?.error ?? error) }));
</script>`;

export class SampleApp {
  private constructor(
    private readonly server: Server,
    readonly url: string,
  ) {}

  /** @param config what the adapter is given. */
  static async serve(config: { url: string; realm: string; clientId: string }): Promise<SampleApp> {
    const script = await readFile(adapter);
    const server = createServer((request, response) => {
      const isScript = request.url === '/keycloak.js';
      response.setHeader('content-type', isScript ? 'text/javascript' : 'text/html; charset=utf-8');
      response.end(isScript ? script : page(config));
    });
    await new Promise<void>((ready) => server.listen(0, '127.0.0.1', ready));
    return new SampleApp(server, `http://localhost:${(server.address() as AddressInfo).port}`);
  }

  /** Has the application ask its user for an action; the page of the server comes then. */
  async askFor(action: string, { page }: Visitor): Promise<void> {
    await page.waitForFunction(() => document.querySelector('#state')?.textContent?.includes('parsed'));
    await page.fill('#action', action);
    await page.click('#ask');
  }

  /** What the application heard about the action once its user was back. */
  async heardOf(action: string, { page }: Visitor): Promise<string | undefined> {
    const told = async () => {
      const shown = await page.locator('#state').textContent({ timeout: 1000 });
      return (JSON.parse(shown || '{}') as { told?: { action: string; status: string } }).told;
    };
    await expect.poll(() => told().catch(() => undefined), { timeout: 15_000 }).toMatchObject({ action });
    return (await told())?.status;
  }

  async stop(): Promise<void> {
    this.server.closeAllConnections();
    await new Promise((stopped) => this.server.close(stopped));
  }
}
