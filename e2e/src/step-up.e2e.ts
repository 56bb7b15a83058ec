// An application that asks for a higher level, by openid-client in a browser, as the guide step-up.md says.
import * as client from 'openid-client';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Authenticator } from './authenticator.js';
import { Guide } from './guide.js';
import { LoopbackApp } from './loopback-app.js';
import { closeBrowser, Visitor } from './visitor.js';
import { administrator, PASSWORD, RealmOfStory, system } from './world.js';

const DEMAND = JSON.stringify({ id_token: { acr: { essential: true, values: ['gold'] } } });

describe('step-up.md', () => {
  let realm: RealmOfStory;
  let guide: Guide;
  let nora: Visitor;
  let app: LoopbackApp;
  let phone: Authenticator;
  let bank: client.Configuration;
  let vault: client.Configuration;

  beforeAll(async () => {
    realm = await RealmOfStory.create();
    await realm.createUser('nora', { requiredActions: ['CONFIGURE_TOTP'] });
    guide = await Guide.open('step-up.md', realm);
    nora = await Visitor.arrive();
    app = await LoopbackApp.listen();
    await nora.open(realm.accountUrl);
    await nora.signIn('nora', PASSWORD);
    phone = await nora.scanQrCode();
    await nora.confirmDevice(await phone.codeNow());
    await nora.context.clearCookies();
  });
  afterAll(async () => {
    await nora.leave();
    await app.stop();
    await closeBrowser();
  });

  const discover = (clientId: string) =>
    client.discovery(new URL(`${system.url}/realms/${realm.name}`), clientId, undefined, client.None(), {
      execute: [client.allowInsecureRequests],
    });

  /** Opens the login of an application; what it gets, once the browser is back there. */
  async function ask(config: client.Configuration, more: Record<string, string> = {}) {
    const pkceCodeVerifier = client.randomPKCECodeVerifier();
    const state = client.randomState();
    const url = client.buildAuthorizationUrl(config, {
      ...{ redirect_uri: app.back, scope: 'openid', state, code_challenge_method: 'S256' },
      code_challenge: await client.calculatePKCECodeChallenge(pkceCodeVerifier),
      ...more,
    });
    await nora.open(url.href);
    return {
      error: () => new URL(nora.page.url()).searchParams.get('error'),
      tokens: async () => {
        const checks = { pkceCodeVerifier, expectedState: state, idTokenExpected: true };
        return client.authorizationCodeGrant(config, new URL(nora.page.url()), checks);
      },
    };
  }
  const isBack = () => nora.page.url().startsWith(app.back);

  it('makes the flow, which has no problems, and names its levels', async () => {
    const printed = await guide.follow('Make the flow');
    expect(printed).toMatch(/^\[\]/m);
    expect(printed).toContain('"level":2},"pages":["auth-otp-form"]');
    expect(await guide.follow('Name the levels')).toContain('["silver","gold"]');
    await guide.follow('An application asks');
    [bank, vault] = await Promise.all([discover('bank'), discover('vault')]);
  });

  it('a password is level 1', async () => {
    const asked = await ask(bank);
    await nora.signIn('nora', PASSWORD);
    const claims = (await asked.tokens()).claims();
    expect(claims).toMatchObject({ acr: 'silver', amr: ['pwd'] });
  });

  it('whoever is signed in is asked for the code only, and is level 2', async () => {
    const asked = await ask(bank, { acr_values: 'gold' });
    expect(await nora.where()).toBe('login-login-otp');
    await nora.typeCode(await phone.freshCode());
    const tokens = await asked.tokens();
    expect(tokens.claims()).toMatchObject({ acr: 'gold', amr: ['pwd', 'otp', 'mfa'] });
    const refreshed = await client.refreshTokenGrant(bank, tokens.refresh_token!);
    expect(refreshed.claims()).toMatchObject({ acr: 'gold' });
  });

  it('nothing is asked again within its time, of any application, and nothing is told that was not reached', async () => {
    for (const [config, more] of [
      [bank, { acr_values: 'gold' }],
      [bank, { claims: DEMAND, prompt: 'none' }],
      [vault, {}],
    ] as const) {
      const asked = await ask(config, more);
      expect(isBack()).toBe(true);
      expect((await asked.tokens()).claims()).toMatchObject({ acr: 'gold' });
    }
  });

  it('a code that is good once is asked for each time, and by no silent request', async () => {
    const admin = await administrator();
    const at = { realm: realm.name };
    const steps = await admin.authenticationManagement.getExecutions({ ...at, flow: 'step-up' });
    const isLevel = (step: { providerId?: string }) =>
      step.providerId === 'conditional-level-of-authentication';
    const { authenticationConfig: id } = steps.findLast(isLevel)!;
    const config = { 'loa-condition-level': '2', 'loa-max-age': '0' };
    await admin.authenticationManagement.updateConfig({ ...at, id, alias: 'level 2', config });

    const silent = await ask(bank, { claims: DEMAND, prompt: 'none' });
    expect(silent.error()).toBe('interaction_required');
    const asked = await ask(bank, { acr_values: 'gold' });
    expect(await nora.where()).toBe('login-login-otp');
    await nora.typeCode(await phone.freshCode());
    expect((await asked.tokens()).claims()).toMatchObject({ acr: 'gold' });
    expect((await (await ask(bank)).tokens()).claims()).toMatchObject({ acr: 'silver' });
    await ask(vault);
    expect(await nora.where()).toBe('login-login-otp');
  });

  it('what is demanded and cannot be had is told to the application', async () => {
    const claims = DEMAND.replace('gold', '3');
    const asked = await ask(bank, { claims });
    expect(await nora.where()).toBe('login-login-otp');
    await nora.typeCode(await phone.freshCode());
    expect(asked.error()).toBe('unmet_authentication_requirements');
  });

  it('a resource says which login would do (RFC 9470)', async () => {
    await guide.follow('A resource asks');
    const silver = await (await ask(bank)).tokens();
    const { sub } = silver.claims()!;
    const refused = await client.fetchUserInfo(bank, silver.access_token, sub).catch((error) => error);
    expect(refused).toBeInstanceOf(client.WWWAuthenticateChallengeError);
    const [challenge] = (refused as client.WWWAuthenticateChallengeError).cause;
    const { acr_values = '', ...said } = challenge!.parameters;
    expect({ acr_values, ...said }).toMatchObject({
      error: 'insufficient_user_authentication',
      acr_values: 'gold',
    });

    const asked = await ask(bank, { acr_values });
    await nora.typeCode(await phone.freshCode());
    const gold = await asked.tokens();
    expect((await client.fetchUserInfo(bank, gold.access_token, sub)).sub).toBe(sub);
  });

  it('takes it back', async () => {
    await guide.follow('Take it back');
    expect((await (await ask(bank)).tokens()).claims()).toMatchObject({ acr: 'silver' });
    expect((await ask(vault)).error()).toBe('unmet_authentication_requirements');
  });

  it('has no commands that nobody has run', () => {
    expect(guide.left).toEqual([]);
  });
});
