// From the last page of a login back to an application, by every way that it may have chosen: a browser has a say in it, too.
import { networkInterfaces } from 'node:os';
import * as client from 'openid-client';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { LoopbackApp } from './loopback-app.js';
import { closeBrowser, Visitor } from './visitor.js';
import { administrator, PASSWORD, RealmOfStory, system } from './world.js';

const HOSTS = ['127.0.0.1', 'localhost', '[::1]'];
const hasIpv6 = Object.values(networkInterfaces()).some((all) =>
  all?.some(({ address }) => address === '::1'),
);

describe('an application on this machine', () => {
  let realm: RealmOfStory;
  let cli: client.Configuration;

  beforeAll(async () => {
    realm = await RealmOfStory.create();
    await realm.createUser('tess');
    const admin = await administrator();
    const redirectUris = HOSTS.map((host) => `http://${host}/back`);
    const settings = { clientId: 'cli', publicClient: true, redirectUris };
    await admin.clients.create({ realm: realm.name, ...settings });
    const issuer = new URL(`${system.url}/realms/${realm.name}`);
    const options = { execute: [client.allowInsecureRequests] };
    cli = await client.discovery(issuer, 'cli', undefined, client.None(), options);
  });
  afterAll(closeBrowser);

  const ask = async (app: LoopbackApp, more: Record<string, string>) => {
    const pkceCodeVerifier = client.randomPKCECodeVerifier();
    const state = client.randomState();
    const url = client.buildAuthorizationUrl(cli, {
      ...{ redirect_uri: app.back, scope: 'openid', state, code_challenge_method: 'S256' },
      code_challenge: await client.calculatePKCECodeChallenge(pkceCodeVerifier),
      ...more,
    });
    return { url, checks: { pkceCodeVerifier, expectedState: state, idTokenExpected: true } };
  };

  for (const host of HOSTS) {
    describe.runIf(host !== '[::1]' || hasIpv6)(`at ${host} (RFC 8252 §7.3)`, () => {
      it.each<[string, Record<string, string>]>([
        ['the address', {}],
        ['a form (Form Post Response Mode 1.0)', { response_mode: 'form_post' }],
      ])('gets its code in %s, and an error no less', async (_way, mode) => {
        const app = await LoopbackApp.listen(host);
        const tess = await Visitor.arrive();
        const silent = await ask(app, { ...mode, prompt: 'none' });
        await tess.open(silent.url.href);
        await tess.page.waitForURL(`${app.back}**`);
        expect(app.brought.get('error')).toBe('login_required');
        expect(app.brought.get('state')).toBe(silent.checks.expectedState);

        const { url, checks } = await ask(app, mode);
        await tess.open(url.href);
        await tess.signIn('tess', PASSWORD);
        await tess.page.waitForURL(`${app.back}**`);
        const callback = new URL(app.back);
        callback.search = app.brought.toString();
        const tokens = await client.authorizationCodeGrant(cli, callback, checks);
        expect(tokens.claims()?.iss).toBe(app.brought.get('iss'));
        await tess.leave();
        await app.stop();
      });
    });
  }
});
