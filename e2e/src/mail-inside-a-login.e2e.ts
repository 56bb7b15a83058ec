// Links that are opened in the browser in which a login waits: it goes on, with the application that it is for.
import * as client from 'openid-client';
import { afterAll, afterEach, beforeAll, expect, it } from 'vitest';
import { Mailboxes } from './mailboxes.js';
import { closeBrowser, Visitor } from './visitor.js';
import { administrator, PASSWORD, RealmOfStory, system } from './world.js';

// Nobody answers there: what counts is the address that the browser is sent to.
const BACK = 'http://127.0.0.1:9/back';
const NEW_PASSWORD = 'Tumblers-turn-again-8';

let realm: RealmOfStory;
let mailboxes: Mailboxes;
let shop: client.Configuration;
let who: Visitor;

beforeAll(async () => {
  mailboxes = await Mailboxes.open();
  const { smtpServer } = mailboxes;
  realm = await RealmOfStory.create({ resetPasswordAllowed: true, smtpServer });
  const admin = await administrator();
  const settings = { clientId: 'shop', publicClient: true, redirectUris: [BACK] };
  await admin.clients.create({ realm: realm.name, ...settings });
  const options = { execute: [client.allowInsecureRequests] };
  const issuer = new URL(`${system.url}/realms/${realm.name}`);
  shop = await client.discovery(issuer, 'shop', undefined, client.None(), options);
});
afterEach(() => who.leave());
afterAll(async () => {
  await closeBrowser();
  await mailboxes.close();
});

async function comes() {
  const pkceCodeVerifier = client.randomPKCECodeVerifier();
  const url = client.buildAuthorizationUrl(shop, {
    ...{ redirect_uri: BACK, scope: 'openid', code_challenge_method: 'S256' },
    code_challenge: await client.calculatePKCECodeChallenge(pkceCodeVerifier),
  });
  who = await Visitor.arrive();
  await who.open(url.href);
  return { pkceCodeVerifier, idTokenExpected: true };
}

/** Presses what leads to the application. */
async function arrives(button: string, checks: client.AuthorizationCodeGrantChecks): Promise<string> {
  const [request] = await Promise.all([who.page.waitForRequest(`${BACK}?**`), who.page.click(button)]);
  const tokens = await client.authorizationCodeGrant(shop, new URL(request.url()), checks);
  return tokens.claims()!.preferred_username as string;
}

it('an address is verified, and the application gets its code', async () => {
  const id = await realm.createUser('vic', { email: 'vic@harbour.example' });
  await realm.requireOf(id, ['VERIFY_EMAIL']);
  const checks = await comes();
  await who.signIn('vic', PASSWORD);
  expect(await who.where()).toBe('login-login-verify-email');
  await who.open(await mailboxes.nextLink('vic@harbour.example'));
  await who.submit('#kc-proceed');
  expect(await who.reads()).toContain('Your email address has been verified.');
  expect(await arrives('#backToApplication', checks)).toBe('vic');
});

it('a password is set anew, and signs in to the application with it', async () => {
  await realm.createUser('ria', { email: 'ria@harbour.example' });
  const checks = await comes();
  await who.page.click('#kc-forgot-password');
  await who.page.fill('#username', 'ria');
  await who.submit('#kc-reset');
  await who.open(await mailboxes.nextLink('ria@harbour.example'));
  await who.submit('#kc-proceed');
  await who.page.fill('#password-new', NEW_PASSWORD);
  await who.page.fill('#password-confirm', NEW_PASSWORD);
  await who.submit('#kc-submit');
  expect(await who.reads()).toContain('Your account has been updated.');
  await who.page.click('#backToApplication');
  await who.page.waitForSelector('#kc-form-login');
  await who.page.fill('#username', 'ria');
  await who.page.fill('#password', NEW_PASSWORD);
  expect(await arrives('#kc-login', checks)).toBe('ria');
});

it('in any other browser a link does what it is for, and knows nothing of the login', async () => {
  const id = await realm.createUser('uma', { email: 'uma@harbour.example' });
  await realm.requireOf(id, ['VERIFY_EMAIL']);
  await comes();
  await who.signIn('uma', PASSWORD);
  await who.leave();
  who = await Visitor.arrive();
  await who.open(await mailboxes.nextLink('uma@harbour.example'));
  await who.submit('#kc-proceed');
  expect((await realm.user(id)).emailVerified).toBe(true);
  const href = await who.page.getAttribute('#backToApplication', 'href');
  expect(href).toBe(realm.accountUrl);
});
