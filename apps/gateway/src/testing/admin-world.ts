import KcAdminClient from '@keycloak/keycloak-admin-client';
import { StubAdministration } from './stub-administration.js';
import { PASSWORD, StubPeople } from './stub-people.js';
import { testGateway, type TestGateway } from './test-gateway.js';

export interface AdminWorld {
  gateway: TestGateway;
  people: StubPeople;
  services: StubAdministration;
  /** Keycloak's official client, signed in as the administrator. */
  admin: KcAdminClient;
  /** A request that the official client would not send. */
  ask(
    method: string,
    path: string,
    body?: unknown,
    /** In place of the administrator's. */
    token?: string,
  ): Promise<{ status: number; headers: Headers; body: unknown }>;
  /** The token of somebody of a realm, who signs in as administrators do. */
  tokenOf(realm: string, username: string): Promise<string>;
}

/** The gateway on a real port, with the services behind it as stubs. */
export async function adminWorld(): Promise<AdminWorld> {
  const gateway = await testGateway();
  // The official client holds a token against the clock of this machine.
  gateway.clock.advance((Date.now() - gateway.clock.now().getTime()) / 1000);
  const people = new StubPeople(gateway.bus, () => gateway.clock.now());
  const services = new StubAdministration(gateway.bus, people);
  await gateway.app.listen(0, '127.0.0.1');
  const baseUrl = await gateway.app.getUrl();
  const admin = new KcAdminClient({ baseUrl });
  await admin.auth({ grantType: 'password', clientId: 'admin-cli', username: 'admin', password: PASSWORD });
  return {
    gateway,
    people,
    services,
    admin,
    async ask(method, path, body, token) {
      const response = await fetch(`${baseUrl}/admin/realms${path}`, {
        method,
        headers: {
          authorization: `Bearer ${token ?? (await admin.getAccessToken())}`,
          ...(body === undefined ? {} : { 'content-type': 'application/json' }),
        },
        ...(body === undefined ? {} : { body: typeof body === 'string' ? body : JSON.stringify(body) }),
      });
      const text = await response.text();
      const parsed: unknown = text ? JSON.parse(text) : undefined;
      return { status: response.status, headers: response.headers, body: parsed };
    },
    async tokenOf(realm, username) {
      const response = await fetch(`${baseUrl}/realms/${realm}/protocol/openid-connect/token`, {
        method: 'POST',
        body: new URLSearchParams({
          ...{ grant_type: 'password', client_id: 'admin-cli', username, password: PASSWORD },
        }),
      });
      return ((await response.json()) as { access_token: string }).access_token;
    },
  };
}
