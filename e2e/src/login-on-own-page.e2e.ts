// An application with a login page of its own, on an origin of its own: a real browser holds every request against CORS.
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { closeBrowser, Visitor } from './visitor.js';
import { administrator, PASSWORD, RealmOfStory, system } from './world.js';

let realm: RealmOfStory;
let app: string;
let other: string;
let servers: Server[];
let ann: Visitor;

/** An origin with a page on which there is nothing. */
async function origin(): Promise<string> {
  const server = createServer((_request, response) => {
    response.setHeader('content-type', 'text/html').end('<!doctype html><title>An application</title>');
  });
  await new Promise<void>((ready) => server.listen(0, '127.0.0.1', ready));
  servers.push(server);
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

beforeAll(async () => {
  servers = [];
  [app, other] = [await origin(), await origin()];
  realm = await RealmOfStory.create();
  await realm.createUser('ann');
  const admin = await administrator();
  for (const [clientId, attributes] of [
    ['own-page', { 'login.over.json.enabled': 'true' }],
    ['tokens-only', {}],
  ] as const) {
    const addresses = { redirectUris: [`${app}/`], webOrigins: [app] };
    await admin.clients.create({ realm: realm.name, clientId, publicClient: true, attributes, ...addresses });
  }
  ann = await Visitor.arrive();
});
afterAll(async () => {
  await closeBrowser();
  for (const server of servers) {
    server.closeAllConnections();
    server.close();
  }
});

interface Told {
  status?: number;
  page?: string;
  tokens?: { token_type?: string; access_token?: string };
  blocked?: boolean;
  cookies?: string;
}

/** What the script of an application does on the page that is open: everything up to the tokens. */
function signsIn(clientId: string, credentials: RequestCredentials = 'same-origin'): Promise<Told> {
  const below = `${system.url}/realms/${realm.name}/protocol/openid-connect`;
  const facts = { below, server: system.url, clientId, back: `${app}/`, password: PASSWORD, credentials };
  return ann.page.evaluate(
    async ({ below, server, clientId, back, password, credentials }): Promise<Told> => {
      const base64url = (bytes: Uint8Array) =>
        btoa(String.fromCharCode(...bytes))
          .replace(/\+/g, '-')
          .replace(/\//g, '_')
          .replace(/=/g, '');
      const verifier = base64url(crypto.getRandomValues(new Uint8Array(32)));
      const digest = await crypto.subtle.digest('SHA-256', new TextEncoder().encode(verifier));
      const request = new URLSearchParams({
        ...{ response_type: 'code', client_id: clientId, redirect_uri: back, scope: 'openid' },
        ...{ code_challenge: base64url(new Uint8Array(digest)), code_challenge_method: 'S256' },
      });
      try {
        const headers = { 'tumbler-caller': 'new', 'content-type': 'application/json' };
        const begun = await fetch(`${below}/auth?${request}`, { headers, credentials });
        const { action, caller, form } = await begun.json();
        const body = JSON.stringify({ username: 'ann', password });
        const ends = await fetch(`${server}${action}`, {
          ...{ method: 'POST', credentials, body },
          headers: { ...headers, 'tumbler-caller': caller },
        });
        const code = new URL((await ends.json()).redirectUri).searchParams.get('code') ?? '';
        const grant = { grant_type: 'authorization_code', client_id: clientId, redirect_uri: back, code };
        const given = await fetch(`${below}/token`, {
          method: 'POST',
          body: new URLSearchParams({ ...grant, code_verifier: verifier }),
        });
        return {
          status: given.status,
          page: form.page,
          tokens: await given.json(),
          cookies: document.cookie,
        };
      } catch (error) {
        if (error instanceof TypeError) return { blocked: true };
        throw error;
      }
    },
    facts,
  );
}

it('signs its user in, and the browser keeps no cookie of it', async () => {
  await ann.open(app);
  expect(await signsIn('own-page')).toMatchObject({
    ...{ status: 200, page: 'login-login', tokens: { token_type: 'Bearer' } },
  });
  expect(await ann.context.cookies()).toEqual([]);
});

it('may not where the administrator has not said so', async () => {
  expect(await signsIn('tokens-only')).toEqual({ blocked: true });
});

it('may not bring the cookies of whoever looks at the page', async () => {
  expect(await signsIn('own-page', 'include')).toEqual({ blocked: true });
});

it('may not from any other origin', async () => {
  await ann.open(other);
  expect(await signsIn('own-page')).toEqual({ blocked: true });
});
