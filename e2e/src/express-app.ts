// A server with pages of its own, as one would write it with Keycloak's adapter for Express.
import { randomUUID } from 'node:crypto';
import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import express, { type Express, type Request } from 'express';
import session from 'express-session';
import KeycloakConnect from 'keycloak-connect';

/** What the adapter knows of who asks; its types leave that out. */
interface Known {
  kauth: { grant: { access_token: { token: string; content: { preferred_username: string } } } };
}
const tokenOf = (request: Request) => (request as Request & Known).kauth.grant.access_token;

export class ExpressApp {
  /** What was told to the adapter: at which host and address. */
  readonly told: string[] = [];

  private constructor(
    private readonly app: Express,
    private readonly server: Server,
    readonly url: string,
  ) {}

  /** The administrator has to know the address before there are settings to {@link serve} by. */
  static async listen(): Promise<ExpressApp> {
    const app = express();
    const server = app.listen(0, '127.0.0.1');
    await new Promise((ready) => server.once('listening', ready));
    return new ExpressApp(app, server, `http://localhost:${(server.address() as AddressInfo).port}`);
  }

  /**
   * @param settings the file that an administrator downloads for the application.
   * @param api another one that it asks on behalf of its users.
   */
  serve(settings: KeycloakConnect.KeycloakConfig, api?: ExpressApp): void {
    const store = new session.MemoryStore();
    const keycloak = new KeycloakConnect({ store }, settings);
    this.app.use((request, _response, next) => {
      if (request.path.startsWith('/k_')) this.told.push(`${request.hostname}${request.path}`);
      next();
    });
    this.app.use(session({ secret: randomUUID(), resave: false, saveUninitialized: true, store }));
    this.app.use(keycloak.middleware());
    this.app.get('/', (_request, response) => void response.send('Nobody needs to sign in here'));
    this.app.get('/desk', keycloak.protect(), (request, response) => {
      response.send(`At the desk: ${tokenOf(request).content.preferred_username}`);
    });
    this.app.get('/vault', keycloak.protect('realm:keeper'), (request, response) => {
      response.send(`In the vault: ${tokenOf(request).content.preferred_username}`);
    });
    if (!api) return;
    this.app.get('/report', keycloak.protect(), async (request, response) => {
      const headers = { authorization: `Bearer ${tokenOf(request).token}` };
      const answer = await fetch(`${api.url}/vault`, { headers });
      response.send(`The API answered ${answer.status}: ${await answer.text()}`);
    });
  }

  async stop(): Promise<void> {
    this.server.closeAllConnections();
    await new Promise((stopped) => this.server.close(stopped));
  }
}
