import { RequestMethod, type Type } from '@nestjs/common';
import { ModulesContainer } from '@nestjs/core';
import { users } from '@tumbler/contract-users';
import { AppError } from '@tumbler/errors';
import { SignJWT } from 'jose';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { SigningKeys } from '../oidc/keys/signing-keys.js';
import { Clients } from '../oidc/clients/clients.js';
import { RefreshTokens } from '../oidc/tokens/refresh-tokens.js';
import { AccessTokens } from '../oidc/tokens/access-tokens.js';
import { Sessions } from '../sessions/sessions.js';
import { PASSWORD, StubPeople } from '../testing/stub-people.js';
import { testGateway, type TestGateway } from '../testing/test-gateway.js';

type Method = 'GET' | 'POST' | 'PUT' | 'DELETE';

/** Every route of the running gateway below /admin, whoever wrote it and however it is guarded. */
function adminRoutes({ app }: TestGateway): { method: Method; url: string }[] {
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
        }));
      })
      .filter(({ url }) => url.startsWith('/admin'));
  });
}

const ID = '6f0d3a5e-94c4-4a6f-9a7c-0d2b8a3c7e11';
const filled = (url: string) =>
  url
    .replace(':realm', 'acme')
    .replace(/:\w*[iI]d\b/g, ID)
    .replace(/:\w+/g, 'x');

describe('the admin API lets in', () => {
  let gateway: TestGateway;
  let people: StubPeople;
  beforeAll(async () => {
    gateway = await testGateway();
    people = new StubPeople(gateway.bus, () => gateway.clock.now());
    people.add('master', 'bob');
    people.add('acme', 'ann', { roles: ['admin'] });
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
    const routes = adminRoutes(gateway);
    expect(routes.length).toBeGreaterThan(40);
    const user = await bearer('master', 'bob');
    const foreigner = await bearer('acme', 'ann');
    for (const { method, url } of routes) {
      const route = { method, url: filled(url) };
      const answers = [await ask(undefined, route), await ask(user, route), await ask(foreigner, route)];
      expect({ route: `${method} ${url}`, answers }).toEqual({
        route: `${method} ${url}`,
        answers: [unauthorized, forbidden, forbidden],
      });
    }
    expect(
      gateway.bus.calls.filter((call) => !['users.findRealm', 'users.get', 'flows.grant'].includes(call)),
    ).toEqual([]);
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
    await gateway.app.get(RefreshTokens).give(master, session_state, 'account', 'profile email');
    const token = await gateway.app.get(AccessTokens).signAccessToken(master, {
      user: people.admin,
      client: client!,
      scope: 'profile email',
      session: { id: session_state, authTime: 0, amr: ['pwd'] },
    });
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
    gateway.bus.stub(users.get, () => {
      throw new AppError('service_unavailable');
    });
    expect((await ask(token)).status).toBe(503);
  });
});
