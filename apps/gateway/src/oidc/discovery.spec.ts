import * as client from 'openid-client';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { PUBLIC_URL, SignInWorld } from '../testing/sign-in-world.js';

const OPENID = '/realms/acme/.well-known/openid-configuration';
const PLACES = [
  OPENID,
  '/realms/acme/.well-known/oauth-authorization-server',
  '/.well-known/oauth-authorization-server/realms/acme',
];
const ORIGIN = 'https://anywhere.example.org';

describe('an application finds out how a realm works', () => {
  let world: SignInWorld;
  beforeAll(async () => void (world = await SignInWorld.open()));
  afterAll(() => world.gateway.close());
  afterEach(() => world.setRealm({ registrationAllowed: false, internationalizationEnabled: false }));

  const read = async (url = OPENID) => {
    const reply = await world.gateway.app.inject({ url, headers: { origin: ORIGIN } });
    return { reply, document: reply.json<client.ServerMetadata>() };
  };

  it('wherever its standard has it look, also from a script (RFC 8414 §3.1)', async () => {
    const { document } = await read();
    expect(document.issuer).toBe(`${PUBLIC_URL}/realms/acme`);
    for (const place of PLACES) {
      const { reply, document: there } = await read(place);
      expect(there, place).toEqual(document);
      expect(reply.headers['access-control-allow-origin'], place).toBe(ORIGIN);
      const preflight = await world.gateway.app.inject({
        ...{ method: 'OPTIONS', url: place },
        headers: { origin: ORIGIN, 'access-control-request-method': 'GET' },
      });
      expect(preflight.statusCode, place).toBe(204);
      expect((await read(place.replace('acme', 'nowhere'))).reply.statusCode, place).toBe(404);
    }
  });

  it('by openid-client, whether it asks OpenID Connect or OAuth', async () => {
    for (const algorithm of ['oidc', 'oauth2'] as const) {
      const config = await client.discovery(
        new URL(`${PUBLIC_URL}/realms/acme`),
        'app',
        undefined,
        undefined,
        {
          algorithm,
          execute: [client.allowInsecureRequests],
          [client.customFetch]: async (url) => {
            const { payload, statusCode: status } = await world.gateway.app.inject(new URL(url).pathname);
            return new Response(payload, { status, headers: { 'content-type': 'application/json' } });
          },
        },
      );
      expect(config.serverMetadata().token_endpoint, algorithm).toContain('/realms/acme/');
    }
  });

  it('and is sent to nothing that is not there', async () => {
    const { document } = await read();
    const addresses = Object.entries(document).filter(
      (entry): entry is [string, string] =>
        /_(?:endpoint|uri)$/.test(entry[0]) && typeof entry[1] === 'string',
    );
    expect(addresses.length).toBeGreaterThan(9);
    for (const [name, address] of addresses) {
      const { pathname: url } = new URL(address);
      const replies = await Promise.all(
        (['GET', 'POST'] as const).map((method) => world.gateway.app.inject({ method, url })),
      );
      expect(
        replies.some(({ statusCode }) => statusCode !== 404),
        name,
      ).toBe(true);
    }
  });

  it('with what each endpoint takes', async () => {
    const { document } = await read();
    const methods = document.token_endpoint_auth_methods_supported!;
    expect(methods).toContain('none');
    expect(document.revocation_endpoint_auth_methods_supported).toEqual(methods);
    expect([...document.introspection_endpoint_auth_methods_supported!, 'none']).toEqual(methods);
    expect(document.claims_supported).toEqual(
      expect.arrayContaining(['nickname', 'birthdate', 'updated_at', 'phone_number_verified', 'address']),
    );
  });

  it('with the prompts and languages that the realm has', async () => {
    expect((await read()).document).toMatchObject({
      prompt_values_supported: ['none', 'login', 'consent', 'select_account'],
    });
    expect((await read()).document).not.toHaveProperty('ui_locales_supported');
    world.setRealm({
      ...{ registrationAllowed: true, internationalizationEnabled: true },
      supportedLocales: ['en', 'de', 'tlh'],
    });
    expect((await read()).document).toMatchObject({
      prompt_values_supported: expect.arrayContaining(['create']),
      ui_locales_supported: ['en', 'de'],
    });
  });

  it('and reads from a script, too, how tokens are verified', async () => {
    const url = '/realms/acme/protocol/openid-connect/certs';
    const { headers } = await world.gateway.app.inject({ url, headers: { origin: ORIGIN } });
    expect(headers['access-control-allow-origin']).toBe('*');
  });
});
