import { randomUUID } from 'node:crypto';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import type { CloudEvent } from '@tumbler/contract-events';
import { credentials } from '@tumbler/contract-credentials';
import { users } from '@tumbler/contract-users';
import { decodeJwt } from 'jose';
import * as client from 'openid-client';
import { DataSource } from 'typeorm';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { ClientSessions } from '../../sessions/client-sessions.js';
import { Sessions } from '../../sessions/sessions.js';
import { actionOf, type TestBrowser } from '../../testing/browser.js';
import { PASSWORD } from '../../testing/stub-people.js';
import { SignInWorld, type Application } from '../../testing/sign-in-world.js';
import { Clients } from '../clients/clients.js';
import { BackchannelLogouts } from '../logout/backchannel-logouts.js';
import { Consents } from './consents.js';

type Page = Awaited<ReturnType<TestBrowser['get']>>;

describe('an application that needs the consent of its users', () => {
  let world: SignInWorld;
  let server: Server;
  const told: string[] = [];
  beforeAll(async () => {
    world = await SignInWorld.open();
    server = createServer((request, response) => {
      void text(request).then((body) => {
        told.push(new URLSearchParams(body).get('logout_token')!);
        response.end();
      });
    });
    await new Promise<void>((ready) => server.listen(0, '127.0.0.1', ready));
    world.gateway.bus.stub(users.listRealms, () => world.people.realms);
    world.people.change(world.ann.id, { roles: ['offline_access'] });
    world.gateway.bus.stub(users.view, ({ userId }) => ({
      ...{ id: userId, username: 'ann', emailVerified: true, enabled: true, createdTimestamp: 1 },
      ...{ requiredActions: [], notBefore: 0, attributes: {} },
    }));
  });
  afterAll(async () => {
    server.close();
    await world.gateway.close();
  });
  beforeEach(async () => {
    await world.gateway.app.get(DataSource).query('delete from outbox');
  });

  const application = () => world.register({ consentRequired: true, name: 'Acme <b>Shop' });
  /** As far as the question. */
  const until = async (
    config: client.Configuration,
    more: Record<string, string> = {},
    browser?: TestBrowser,
  ) => {
    const { page, by, checks } = await world.ask(config, more, browser);
    const question = page.body.includes('kc-form-login')
      ? await by.post(actionOf(page, 'kc-form-login'), { username: 'ann', password: 'x' })
      : page;
    return { question, by, checks };
  };
  const isQuestion = ({ statusCode, body }: Page) => statusCode === 200 && body.includes('kc-oauth-grant');
  const consent = async (
    config: client.Configuration,
    more: Record<string, string> = {},
    browser?: TestBrowser,
  ) => {
    const { question, by, checks } = await until(config, more, browser);
    const back = await by.post(actionOf(question, 'kc-oauth-grant'), { accept: 'Yes' });
    const tokens = await client.authorizationCodeGrant(config, new URL(back.headers.location!), checks);
    return { tokens, by };
  };
  const events = async () => {
    const rows: { event: CloudEvent }[] = await world.gateway.app
      .get(DataSource)
      .query('select event from outbox order by seq');
    return rows.map(({ event }) => event);
  };
  const administer = async (method: 'GET' | 'DELETE', path: string) => {
    const form = { grant_type: 'password', client_id: 'admin-cli', username: 'admin', password: PASSWORD };
    const token = await world.gateway.app.inject({
      ...{ method: 'POST', url: '/realms/master/protocol/openid-connect/token' },
      headers: { 'content-type': 'application/x-www-form-urlencoded' },
      payload: new URLSearchParams(form).toString(),
    });
    const headers = { authorization: `Bearer ${token.json().access_token}` };
    const url = `/admin/realms/acme/users/${world.ann.id}/consents${path}`;
    const reply = await world.gateway.app.inject({ method, url, headers });
    return { status: reply.statusCode, body: reply.payload ? reply.json() : undefined };
  };
  const consentsOf = async ({ clientId }: Application) =>
    ((await administer('GET', '')).body as { clientId: string }[]).find((each) => each.clientId === clientId);

  it('has them asked once, after they have proven who they are', async () => {
    const asks = await application();
    const { question, by, checks } = await until(asks.config);
    expect(isQuestion(question)).toBe(true);
    expect(question.body).toContain('Grant Access to Acme &lt;b>Shop');
    for (const text of ['User profile', 'Email address', 'User roles']) expect(question.body).toContain(text);
    expect(question.body).not.toContain('Phone number');
    expect(question.headers['content-security-policy']).toContain('https://app.example.org');
    const shown = await by.get(actionOf(question, 'kc-oauth-grant'));
    expect(isQuestion(shown), 'again, for who reloads').toBe(true);

    const back = await by.post(actionOf(question, 'kc-oauth-grant'), { accept: 'Yes' });
    const tokens = await client.authorizationCodeGrant(asks.config, new URL(back.headers.location!), checks);
    expect(tokens.claims()!.sub).toBe(world.ann.id);
    expect(await events()).toContainEqual(
      expect.objectContaining({
        type: 'GRANT_CONSENT',
        subject: world.ann.id,
        data: expect.objectContaining({
          clientId: asks.clientId,
          details: { consent: 'consent_granted', scope: 'profile email roles' },
        }),
      }),
    );
    const again = await world.signIn(asks.config);
    expect(again.tokens.claims()!.sub).toBe(world.ann.id);
    const elsewhere = await until((await application()).config, {}, by);
    expect(isQuestion(elsewhere.question), 'each application asks for itself').toBe(true);
  });

  it('is told where its user does not want it (RFC 6749 §4.1.2.1)', async () => {
    const { config } = await application();
    const { question, by, checks } = await until(config);
    const back = await by.post(actionOf(question, 'kc-oauth-grant'), { cancel: 'No' });
    const address = new URL(back.headers.location!);
    expect(address.searchParams.get('error')).toBe('access_denied');
    expect(address.searchParams.get('state')).toBe(checks.expectedState);
    expect(await events()).toContainEqual(
      expect.objectContaining({
        type: 'LOGIN_ERROR',
        data: expect.objectContaining({ error: 'rejected_by_user' }),
      }),
    );
    expect(isQuestion((await until(config, {}, by)).question), 'and may ask again').toBe(true);
  });

  it('has them asked again for what it did not ask for before, also for a single claim', async () => {
    const { config } = await application();
    const { by } = await consent(config);
    const phone = await until(config, { scope: 'openid phone' }, by);
    expect(isQuestion(phone.question)).toBe(true);
    expect(phone.question.body).toContain('Phone number');
    const claims = JSON.stringify({ userinfo: { address: null } });
    expect((await until(config, { claims }, by)).question.body).toContain('Address');
    await consent(config, { scope: 'openid phone' }, by);
    expect((await until(config, { scope: 'openid phone' }, by)).question.statusCode).toBe(303);
    expect((await events()).map(({ type }) => type)).toContain('UPDATE_CONSENT');
  });

  it('hears that a page is needed where none may be shown, and may ask for one where none is', async () => {
    const needs = await application();
    const { by } = await until(needs.config);
    const { page } = await world.ask(needs.config, { prompt: 'none' }, by);
    expect(new URL(page.headers.location!).searchParams.get('error')).toBe('consent_required');
    const free = await world.register();
    const first = await world.signIn(free.config, {}, by);
    expect(isQuestion((await until(free.config, { prompt: 'consent' }, first.by)).question)).toBe(true);
    expect((await consent(free.config, { prompt: 'consent' }, first.by)).tokens.claims()!.sub).toBe(
      world.ann.id,
    );
  });

  it('gets nothing by an answer that its user did not give', async () => {
    const { config } = await application();
    const { question, by } = await until(config);
    const action = actionOf(question, 'kc-oauth-grant');
    const forged = action.replace(/session_code=[^&]+/, 'session_code=made-up');
    const attempts = [
      by.post(action, { accept: 'Yes' }, { 'sec-fetch-site': 'cross-site' }),
      by.post(forged, { accept: 'Yes' }),
      world.browser().post(action, { accept: 'Yes' }),
    ];
    for (const reply of await Promise.all(attempts)) {
      expect(reply.headers.location ?? '').not.toContain('code=');
    }
    expect(
      await world.gateway.app.get(Consents).list(world.people.realm('acme'), world.ann.id),
    ).not.toContainEqual(expect.objectContaining({ clientId: config.clientMetadata().client_id }));
    const answers = await Promise.all([
      by.post(action, { accept: 'Yes' }),
      by.post(action, { accept: 'Yes' }),
    ]);
    const codes = answers.map(({ headers }) => new URL(headers.location ?? 'x:').searchParams.get('code'));
    // Who clicks twice has answered once, and is led on.
    expect(codes.filter(Boolean).length).toBeGreaterThan(0);
    const granted = (await events()).filter(({ type }) => type === 'GRANT_CONSENT');
    expect(granted).toHaveLength(1);
  });

  it('has to wait until a user who signed out before answering has signed in again', async () => {
    const { config } = await application();
    const { question, by } = await until(config);
    await world.gateway.app.get(Sessions).endOfUser(world.people.realm('acme').id, world.ann.id);
    const answer = await by.post(actionOf(question, 'kc-oauth-grant'), { accept: 'Yes' });
    expect(answer.body).toContain('kc-form-login');
  });

  it('asks as JSON who signs in without a page', async () => {
    const { config } = await application();
    const json = { accept: 'application/json' };
    const { page, by } = await world.ask(config);
    const asked = (
      await by.post(actionOf(page, 'kc-form-login'), { username: 'ann', password: 'x' }, json)
    ).json();
    expect(asked).toMatchObject({
      execution: 'consent',
      form: {
        blocks: [{ kind: 'text' }, { kind: 'list', items: ['User profile', 'Email address', 'User roles'] }],
      },
    });
    const done = await by.post(asked.action, { accept: 'Yes' }, json);
    expect(new URL(done.json().redirectUri).searchParams.get('code')).toBeTruthy();
  });

  it('is refused tokens for a password, which no user can be asked over', async () => {
    const { clientId, secret } = await world.register({
      consentRequired: true,
      directAccessGrantsEnabled: true,
    });
    const form = { grant_type: 'password', username: 'ann', password: PASSWORD };
    const refused = await world.post('token', { ...form, client_id: clientId, client_secret: secret });
    expect(refused).toMatchObject({ status: 400, body: { error: 'invalid_client' } });
  });

  it('loses everything when the consent is taken back, its offline session included', async () => {
    const asks = await application();
    const { tokens } = await consent(asks.config, { scope: 'openid offline_access' });
    expect(await consentsOf(asks)).toMatchObject({
      grantedClientScopes: ['email', 'offline_access', 'profile', 'roles'],
      createdDate: world.gateway.clock.now().getTime(),
      additionalGrants: [{ key: 'Offline Token' }],
    });
    expect((await administer('DELETE', `/${asks.clientId}`)).status).toBe(204);
    expect((await client.tokenIntrospection(asks.config, tokens.access_token)).active).toBe(false);
    await expect(client.refreshTokenGrant(asks.config, tokens.refresh_token!)).rejects.toMatchObject({
      error: 'invalid_grant',
    });
    expect(await consentsOf(asks)).toBeUndefined();
    expect(isQuestion((await until(asks.config)).question)).toBe(true);
    expect(await administer('DELETE', `/${asks.clientId}`)).toEqual({
      status: 404,
      body: expect.objectContaining({ error: 'Consent nor offline token not found' }),
    });
    expect((await administer('DELETE', '/nobody')).body).toMatchObject({ error: 'Client not found' });
  });

  it('takes no part in the sessions of a user who took it back, and is told; others go on', async () => {
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/out`;
    const attributes = { 'backchannel.logout.url': url };
    const asks = await world.register({ consentRequired: true, attributes });
    const { tokens, by } = await consent(asks.config);
    const other = await world.register({ attributes });
    const others = await world.signIn(other.config, {}, by);
    const { config } = asks;
    const away = await consent(config, { scope: 'openid offline_access' });
    const { sid: ended } = away.tokens.claims()!;
    await world.gateway.app.get(Sessions).end(world.people.realm('acme').id, ended as string);
    await world.gateway.app.get(BackchannelLogouts).look();
    told.length = 0;
    const { id } = (await world.gateway.app
      .get(Clients)
      .byClientId(world.people.realm('acme'), asks.clientId))!;
    const count = () => world.gateway.app.get(ClientSessions).count(world.people.realm('acme'), id);
    expect(await count()).toBe(1);

    expect((await administer('DELETE', `/${asks.clientId}`)).status).toBe(204);
    expect(await count()).toBe(0);
    expect((await client.tokenIntrospection(config, tokens.access_token)).active).toBe(false);
    await world.gateway.app.get(BackchannelLogouts).look();
    expect(told.map((token) => decodeJwt(token))).toEqual([
      expect.objectContaining({ aud: asks.clientId, sub: world.ann.id }),
      expect.objectContaining({ aud: asks.clientId, sub: world.ann.id }),
    ]);
    expect(new Set(told.map((token) => decodeJwt(token).sid))).toEqual(
      new Set([tokens.claims()!.sid, ended]),
    );
    expect((await client.tokenIntrospection(other.config, others.tokens.access_token)).active).toBe(true);
    expect(isQuestion((await until(config, {}, by)).question), 'nobody signs in anew').toBe(true);
  });

  it('gets nothing by a code from before its consent was taken back', async () => {
    const asks = await application();
    const { question, by, checks } = await until(asks.config);
    const back = await by.post(actionOf(question, 'kc-oauth-grant'), { accept: 'Yes' });
    expect((await administer('DELETE', `/${asks.clientId}`)).status).toBe(204);
    await expect(
      client.authorizationCodeGrant(asks.config, new URL(back.headers.location!), checks),
    ).rejects.toMatchObject({ error: 'invalid_grant' });
  });

  it('is taken back by its user on the account page', async () => {
    const asks = await application();
    const { tokens, by } = await consent(asks.config);
    world.gateway.bus.stub(credentials.list, () => []);
    const page = await by.get('/realms/acme/account');
    expect(page.body).toContain(`data-client-id="${asks.clientId}"`);
    const token = /name="token" value="([^"]+)"/.exec(page.body)![1]!;
    const revoke = (with_: string) =>
      by.post('/realms/acme/account/revoke-application', { token: with_, client: asks.clientId });
    expect((await revoke('made-up')).statusCode).toBe(403);
    expect((await client.tokenIntrospection(asks.config, tokens.access_token)).active).toBe(true);
    expect((await revoke(token)).statusCode).toBe(303);
    expect((await client.tokenIntrospection(asks.config, tokens.access_token)).active).toBe(false);
    expect((await events()).map(({ type }) => type)).toContain('REVOKE_GRANT');
    expect((await by.get('/realms/acme/account')).body).not.toContain(`data-client-id="${asks.clientId}"`);
  });

  it('is forgotten with its user, and with the realm', async () => {
    const asks = await application();
    await consent(asks.config);
    const event = {
      ...{ specversion: '1.0', id: randomUUID(), source: 'tumbler/users', type: 'user.removed' },
      ...{ datacontenttype: 'application/json', realmid: world.people.realm('acme').id },
      ...{ time: world.gateway.clock.now().toISOString(), data: { userId: world.ann.id } },
    } as CloudEvent;
    await world.gateway.app.get(Consents).forget([event]);
    expect(await consentsOf(asks)).toBeUndefined();
  });
});
