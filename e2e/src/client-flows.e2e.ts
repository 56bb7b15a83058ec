// An application with flows of its own: its users go through them in the browser and at the token endpoint, and nobody else does.
import * as client from 'openid-client';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { closeBrowser, Visitor } from './visitor.js';
import { administrator, PASSWORD, RealmOfStory, system } from './world.js';

// Nobody answers there: what counts is the address that the browser is sent to.
const BACK = 'http://127.0.0.1:9/back';

let realm: RealmOfStory;
let who: Visitor;
const ids = new Map<string, string>();

beforeAll(async () => {
  realm = await RealmOfStory.create();
  await realm.createUser('vera');
  const admin = await administrator();
  const settings = { publicClient: true, directAccessGrantsEnabled: true, redirectUris: [BACK] };
  for (const clientId of ['vault', 'shop']) {
    const { id } = await admin.clients.create({ realm: realm.name, clientId, ...settings });
    ids.set(clientId, id);
  }
});
afterEach(() => who?.leave());
afterAll(closeBrowser);

async function override(flows: { browser?: string; direct_grant?: string }): Promise<void> {
  const admin = await administrator();
  const id = ids.get('vault')!;
  const before = await admin.clients.findOne({ realm: realm.name, id });
  const changes = { ...before, authenticationFlowBindingOverrides: flows };
  await admin.clients.update({ realm: realm.name, id }, changes);
}

async function sentBy(clientId: string) {
  const options = { execute: [client.allowInsecureRequests] };
  const issuer = new URL(`${system.url}/realms/${realm.name}`);
  const app = await client.discovery(issuer, clientId, undefined, client.None(), options);
  const pkceCodeVerifier = client.randomPKCECodeVerifier();
  const url = client.buildAuthorizationUrl(app, {
    ...{ redirect_uri: BACK, scope: 'openid', code_challenge_method: 'S256' },
    code_challenge: await client.calculatePKCECodeChallenge(pkceCodeVerifier),
  });
  who = await Visitor.arrive();
  await who.open(url.href);
  return { app, checks: { pkceCodeVerifier, idTokenExpected: true } };
}

async function grant(clientId: string): Promise<{ status: number; error?: string }> {
  const user = { username: 'vera', password: PASSWORD };
  const answer = await realm.tokenRequest({ client_id: clientId, scope: 'openid', ...user });
  const { error } = (await answer.json()) as { error?: string };
  return { status: answer.status, ...(error ? { error } : {}) };
}

describe('in the browser', () => {
  it('asks on two pages where the flow of the application does, and gives it a code', async () => {
    const admin = await administrator();
    const alias = 'name first';
    const flow = { alias, providerId: 'basic-flow', topLevel: true, builtIn: false };
    const { id } = await admin.authenticationManagement.createFlow({ realm: realm.name, ...flow });
    for (const provider of ['auth-username-form', 'auth-password-form']) {
      const step = { realm: realm.name, flow: alias, provider };
      await admin.authenticationManagement.addExecutionToFlow(step);
      const steps = await admin.authenticationManagement.getExecutions({ realm: realm.name, flow: alias });
      const added = steps.find(({ providerId }) => providerId === provider);
      const required = { ...added, requirement: 'REQUIRED' };
      await admin.authenticationManagement.updateExecution({ realm: realm.name, flow: alias }, required);
    }
    await override({ browser: id });

    const { app, checks } = await sentBy('vault');
    expect(await who.where()).toBe('login-login-username');
    expect(await who.page.locator('#password').count()).toBe(0);
    await who.page.fill('#username', 'vera');
    await who.submit('#kc-login');
    expect(await who.where()).toBe('login-login-password');
    await who.page.fill('#password', PASSWORD);
    const [request] = await Promise.all([who.page.waitForRequest(`${BACK}?**`), who.page.click('#kc-login')]);
    const tokens = await client.authorizationCodeGrant(app, new URL(request.url()), checks);
    expect(tokens.claims()).toMatchObject({ aud: 'vault', preferred_username: 'vera' });
  });

  it('asks on one page for every other application, and for the account', async () => {
    await sentBy('shop');
    expect(await who.where()).toBe('login-login');
    await who.open(realm.accountUrl);
    expect(await who.where()).toBe('login-login');
  });

  it('keeps its flow when one begins again', async () => {
    await sentBy('vault');
    await who.page.fill('#username', 'vera');
    await who.submit('#kc-login');
    await who.page.click('#reset-login');
    expect(await who.where()).toBe('login-login-username');
  });
});

describe('at the token endpoint', () => {
  it('asks for a code where the flow of the application does, and nowhere else', async () => {
    const admin = await administrator();
    const newName = 'direct grant with code';
    const where = { realm: realm.name, flow: newName };
    await admin.authenticationManagement.copyFlow({ realm: realm.name, flow: 'direct grant', newName });
    const steps = await admin.authenticationManagement.getExecutions(where);
    const second = steps.find(({ authenticationFlow, level }) => authenticationFlow && level === 0);
    const required = { ...second, requirement: 'REQUIRED' };
    await admin.authenticationManagement.updateExecution(where, required);
    const otp = steps.find(({ providerId }) => providerId === 'direct-grant-validate-otp');
    await admin.authenticationManagement.updateExecution(where, { ...otp, requirement: 'REQUIRED' });
    const flows = await admin.authenticationManagement.getFlows({ realm: realm.name });
    await override({ direct_grant: flows.find(({ alias }) => alias === newName)!.id });

    expect(await grant('vault')).toEqual({ status: 401, error: 'invalid_grant' });
    expect(await grant('shop')).toEqual({ status: 200 });
  });

  it('goes by the flow of the realm again once the application has none', async () => {
    await override({ browser: '', direct_grant: '' });
    expect(await grant('vault')).toEqual({ status: 200 });
    await sentBy('vault');
    expect(await who.where()).toBe('login-login');
  });
});
