import { RequestMethod, type Type } from '@nestjs/common';
import { ModulesContainer } from '@nestjs/core';
import { ADMIN_RIGHTS, users } from '@tumbler/contract-users';
import { AppError } from '@tumbler/errors';
import { SignJWT } from 'jose';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { SigningKeys } from '../oidc/keys/signing-keys.js';
import { Clients } from '../oidc/clients/clients.js';
import { RefreshTokens } from '../oidc/tokens/refresh-tokens.js';
import { AccessTokens } from '../oidc/tokens/access-tokens.js';
import { Sessions } from '../sessions/sessions.js';
import { NEEDS, type Asked, type Need } from './needs.js';
import { PASSWORD, StubPeople } from '../testing/stub-people.js';
import { testRealm } from '../testing/stub-services.js';
import { testGateway, type TestGateway } from '../testing/test-gateway.js';

type Method = 'GET' | 'POST' | 'PUT' | 'DELETE';

interface AdminRoute {
  method: Method;
  url: string;
  /** What it says that it needs. */
  asked?: Asked;
}

/** Tells what the source tells. */
const OPEN = '/admin/openapi.json';

/** Every route of the running gateway below /admin, whoever wrote it and however it is guarded. */
function adminRoutes({ app }: TestGateway): AdminRoute[] {
  const controllers = [...app.get(ModulesContainer).values()].flatMap((module) => [
    ...module.controllers.values(),
  ]);
  return controllers.flatMap(({ metatype }) => {
    const { prototype } = metatype as Type;
    const bases: string | string[] = Reflect.getMetadata('path', metatype!);
    return Object.getOwnPropertyNames(prototype)
      .filter((name) => Reflect.hasMetadata('method', prototype[name]))
      .flatMap((name) => {
        const paths: string | string[] = Reflect.getMetadata('path', prototype[name]);
        const method: RequestMethod = Reflect.getMetadata('method', prototype[name]);
        const urls = [bases].flat().flatMap((base) => [paths].flat().map((path) => `/${base}/${path}`));
        return urls.map((url) => ({
          method: RequestMethod[method] as Method,
          url: url.replace(/\/+/g, '/').replace(/(.)\/$/, '$1'),
          asked: Reflect.getMetadata(NEEDS, prototype[name]) as Asked | undefined,
        }));
      })
      .filter(({ url }) => url.startsWith('/admin') && url !== OPEN);
  });
}

const ASKED_BY_THE_GUARD = [
  'users.findRealm',
  'users.administrator',
  'users.managementClients',
  'users.giveAccountRoles',
  'users.get',
  'flows.grant',
];

const needsOf = ({ url, asked = [] }: AdminRoute): readonly Need[] =>
  typeof asked === 'function' ? asked(url) : asked;

const ID = '6f0d3a5e-94c4-4a6f-9a7c-0d2b8a3c7e11';
const filled = (url: string) =>
  url
    .replace(':realm', 'acme')
    .replace(/:\w*[iI]d\b/g, ID)
    .replace(/:\w+/g, 'x');

describe('the admin API lets in', () => {
  let gateway: TestGateway;
  let people: StubPeople;
  /** A user of acme, whose rights each test chooses. */
  let partial: string;
  beforeAll(async () => {
    gateway = await testGateway();
    people = new StubPeople(gateway.bus, () => gateway.clock.now());
    people.add('master', 'bob');
    people.realms.push(testRealm({ name: 'other' }));
    people.add('acme', 'ann', { roles: ['admin'] });
    const all = [...ADMIN_RIGHTS];
    people.rights.set(people.add('other', 'neighbour').id, { other: all, acme: all, master: all });
    people.rights.set(people.add('master', 'delegate').id, { other: all });
    partial = people.add('acme', 'partial').id;
  });
  afterAll(() => gateway.close());
  beforeEach(() => people.change(people.admin.id, { enabled: true, notBefore: 0, roles: ['admin'] }));

  const signIn = async (realm: string, username: string) => {
    const { body } = await gateway.app
      .inject({
        method: 'POST',
        url: `/realms/${realm}/protocol/openid-connect/token`,
        headers: { 'content-type': 'application/x-www-form-urlencoded' },
        payload: `grant_type=password&client_id=admin-cli&username=${username}&password=${PASSWORD}`,
      })
      .then((response) => ({ body: response.json() }));
    return body as { access_token: string; session_state: string };
  };
  const ask = async (
    authorization: string | undefined,
    route = { method: 'GET' as Method, url: '/admin/serverinfo' },
  ) => {
    const response = await gateway.app.inject({
      ...route,
      headers: authorization ? { authorization } : {},
      ...(route.method === 'GET' ? {} : { payload: {} }),
    });
    return { status: response.statusCode, body: response.json() };
  };
  const bearer = async (realm: string, username: string) =>
    `Bearer ${(await signIn(realm, username)).access_token}`;

  const unauthorized = { status: 401, body: { error: 'HTTP 401 Unauthorized' } };
  const forbidden = { status: 403, body: { error: 'HTTP 403 Forbidden' } };

  it('an administrator of master', async () => {
    expect((await ask(await bearer('master', 'admin'))).status).toBe(200);
  });

  it('nobody else, on any route (ASVS 8.3.1)', async () => {
    const routes = adminRoutes(gateway).filter((route) => !needsOf(route).includes('signed in'));
    expect(routes.length).toBeGreaterThan(40);
    // A user; one with a role of the right name in the wrong realm; an administrator of another realm, and one of master
    // who was given another realm.
    const tokens = await Promise.all([
      bearer('master', 'bob'),
      bearer('acme', 'ann'),
      bearer('other', 'neighbour'),
      bearer('master', 'delegate'),
    ]);
    for (const { method, url, asked } of routes) {
      const route = { method, url: filled(url) };
      // Where no realm is named, whoever administers some realm may look.
      const some = needsOf({ method, url, asked }).includes('any right') && !url.includes(':realm');
      const strangers = some ? tokens.slice(0, 2) : tokens;
      const answers = await Promise.all([undefined, ...strangers].map((token) => ask(token, route)));
      expect({ route: `${method} ${url}`, answers }).toEqual({
        route: `${method} ${url}`,
        answers: [unauthorized, ...strangers.map(() => forbidden)],
      });
    }
    expect(gateway.bus.calls.filter((call) => !ASKED_BY_THE_GUARD.includes(call))).toEqual([]);
    // A thousand requests, and more with each route.
  }, 60_000);

  it('no administrator of the realm to whom that right was not given, on any route (ASVS 8.2.1)', async () => {
    const token = await bearer('acme', 'partial');
    gateway.bus.calls.length = 0;
    for (const route of adminRoutes(gateway)) {
      const needs = needsOf(route);
      if (!route.url.includes(':realm') || needs.includes('signed in')) continue;
      const rights = needs.includes('any right') ? [] : ADMIN_RIGHTS.filter((each) => !needs.includes(each));
      people.rights.set(partial, { acme: rights });
      const answer = await ask(token, { method: route.method, url: filled(route.url) });
      expect({ route: `${route.method} ${route.url}`, answer }).toEqual({
        route: `${route.method} ${route.url}`,
        answer: forbidden,
      });
    }
    expect(gateway.bus.calls.filter((call) => !ASKED_BY_THE_GUARD.includes(call))).toEqual([]);
  });

  it('nobody by a route that does not say what it needs: there is none', () => {
    expect(
      adminRoutes(gateway)
        .filter((route) => needsOf(route).length === 0)
        .map(({ method, url }) => `${method} ${url}`),
    ).toEqual([]);
  });

  it('nobody to change somebody with more rights, on any route below a user', async () => {
    const superior = people.add('acme', 'superior').id;
    people.rights.set(superior, { acme: [...ADMIN_RIGHTS] });
    people.rights.set(partial, { acme: ADMIN_RIGHTS.filter((right) => right !== 'impersonation') });
    const token = await bearer('acme', 'partial');
    const changes = adminRoutes(gateway).filter(
      ({ method, url }) => method !== 'GET' && /:realm\/(?:.*\/)?users\/:/.test(url),
    );
    expect(changes.length).toBeGreaterThan(15);
    for (const { method, url } of changes) {
      const answer = await ask(token, {
        method,
        url: filled(url.replace(/users\/:\w+/, `users/${superior}`)),
      });
      expect({ route: `${method} ${url}`, answer }).toEqual({ route: `${method} ${url}`, answer: forbidden });
    }
  });

  it('nobody to get hold of a client that administrators come by, or of one that acts as somebody with more rights', async () => {
    const acme = people.realm('acme');
    const clients = gateway.app.get(Clients);
    const by = { realmId: acme.id, clientId: 'admin-cli', userId: partial };
    const id = await clients.create(acme, by, {
      clientId: 'robot',
      settings: { serviceAccountsEnabled: true },
    });
    const robot = people.add('acme', 'service-account-robot').id;
    await clients.setServiceAccount(await clients.byId(acme, id), robot);
    people.rights.set(robot, { acme: [...ADMIN_RIGHTS] });
    people.rights.set(partial, { acme: ADMIN_RIGHTS.filter((right) => right !== 'impersonation') });
    const token = await bearer('acme', 'partial');
    const kept = ['robot', 'admin-cli', 'security-admin-console', 'realm-management'];
    const ids = (await clients.list(acme)).filter(({ clientId }) => kept.includes(clientId));
    expect(ids).toHaveLength(4);
    const changes = adminRoutes(gateway).filter(
      (route) =>
        route.url.startsWith('/admin/realms/:realm/clients/:') &&
        (route.method !== 'GET' || needsOf(route).includes('manage-clients')),
    );
    expect(changes.length).toBeGreaterThan(10);
    for (const client of ids) {
      for (const { method, url } of changes) {
        const answer = await ask(token, {
          method,
          url: filled(url.replace(/clients\/:\w+/, `clients/${client.id}`)),
        });
        expect({ route: `${method} ${url} of ${client.clientId}`, answer }).toEqual({
          route: `${method} ${url} of ${client.clientId}`,
          answer: forbidden,
        });
      }
    }
  });

  it('nobody to look at a user by way of a client who may look at clients alone', async () => {
    const acme = people.realm('acme');
    const clients = gateway.app.get(Clients);
    const by = { realmId: acme.id, clientId: 'admin-cli', userId: partial };
    const id = await clients.create(acme, by, { clientId: 'shop', settings: {} });
    const someone = people.add('acme', 'someone').id;
    const examples = adminRoutes(gateway).filter(({ url }) => url.includes('/generate-example-'));
    expect(examples).toHaveLength(3);
    const token = await bearer('acme', 'partial');
    for (const { method, url } of examples) {
      const route = { method, url: `${filled(url.replace(':client', id))}?userId=${someone}` };
      people.rights.set(partial, { acme: ADMIN_RIGHTS.filter((right) => right !== 'view-users') });
      expect({ url, answer: await ask(token, route) }).toEqual({ url, answer: forbidden });
      people.rights.set(partial, { acme: ['view-clients', 'view-users'] });
      expect(await ask(token, route)).toMatchObject({ status: 200, body: { sub: someone } });
    }
  });

  it.each([
    'Bearer',
    'Bearer ',
    'Bearer x',
    'Basic YWRtaW46YWRtaW4=',
    'bearer a.b.c',
    'Bearer a.b.c, Bearer x',
  ])('not %j', async (authorization) => {
    expect(await ask(authorization)).toEqual(unauthorized);
  });

  it('nobody by a token in the address', async () => {
    const { access_token } = await signIn('master', 'admin');
    expect(
      await ask(undefined, { method: 'GET', url: `/admin/serverinfo?access_token=${access_token}` }),
    ).toEqual(unauthorized);
  });

  it('nobody whose token has expired', async () => {
    const token = await bearer('master', 'admin');
    gateway.clock.advance(61);
    expect(await ask(token)).toEqual(unauthorized);
  });

  it('nobody whose session has ended', async () => {
    const { access_token, session_state } = await signIn('master', 'admin');
    await gateway.app.get(Sessions).end(people.realm('master').id, session_state);
    expect(await ask(`Bearer ${access_token}`)).toEqual(unauthorized);
  });

  it.each([
    ['lost the role', { roles: [] }, forbidden],
    ['was switched off', { enabled: false }, unauthorized],
    ['was signed out everywhere', { notBefore: 4_000_000_000 }, unauthorized],
  ])('nobody who %s a moment ago (ASVS 8.3.2)', async (_what, change, answer) => {
    const token = await bearer('master', 'admin');
    people.change(people.admin.id, change);
    expect(await ask(token)).toEqual(answer);
  });

  it('no token that was made for another application', async () => {
    const { session_state } = await signIn('master', 'admin');
    const master = people.realm('master');
    const client = await gateway.app.get(Clients).byClientId(master, 'account');
    await gateway.app
      .get(RefreshTokens)
      .give(master, { sessionId: session_state, client: client!, scope: 'profile email', acr: null }, 60);
    const token = await gateway.app.get(AccessTokens).signAccessToken(
      master,
      {
        user: people.admin,
        client: client!,
        scope: 'profile email',
        session: { id: session_state, authTime: 0, amr: ['pwd'] },
      },
      60,
    );
    expect(await ask(`Bearer ${token}`)).toEqual(forbidden);
  });

  it('no token that another realm signed in the name of master', async () => {
    const { session_state } = await signIn('master', 'admin');
    const { kid, privateKey } = await gateway.app.get(SigningKeys).signing(people.realm('acme'), 'RS256', 60);
    const now = Math.floor(gateway.clock.now().getTime() / 1000);
    const forged = await new SignJWT({ typ: 'Bearer', azp: 'admin-cli', sid: session_state })
      .setProtectedHeader({ alg: 'RS256', kid })
      .setIssuer(`${gateway.config.publicUrl}/realms/master`)
      .setSubject(people.admin.id)
      .setIssuedAt(now)
      .setExpirationTime(now + 60)
      .sign(privateKey);
    expect(await ask(`Bearer ${forged}`)).toEqual(unauthorized);
  });

  it('nobody, while it cannot be known who is an administrator', async () => {
    const token = await bearer('master', 'admin');
    gateway.bus.stub(users.administrator, () => {
      throw new AppError('service_unavailable');
    });
    expect((await ask(token)).status).toBe(503);
  });
});
