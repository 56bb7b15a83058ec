// Somebody new: an application sends them, they make an account and set up an app, and the application gets a code.
import * as client from 'openid-client';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { closeBrowser, Visitor } from './visitor.js';
import { administrator, PASSWORD, RealmOfStory, system } from './world.js';

// Nobody answers there: what counts is the address that the browser is sent to.
const BACK = 'http://127.0.0.1:9/back';

let realm: RealmOfStory;
let shop: client.Configuration;
let who: Visitor;

beforeAll(async () => {
  realm = await RealmOfStory.create({ displayName: 'Harbour Books', registrationAllowed: true });
  await realm.setDefaultAction('CONFIGURE_TOTP', true);
  const admin = await administrator();
  const settings = { clientId: 'shop', publicClient: true, redirectUris: [BACK] };
  await admin.clients.create({ realm: realm.name, ...settings });
  const issuer = new URL(`${system.url}/realms/${realm.name}`);
  const options = { execute: [client.allowInsecureRequests] };
  shop = await client.discovery(issuer, 'shop', undefined, client.None(), options);
});
afterEach(() => who.leave());
afterAll(closeBrowser);

async function comes(more: Record<string, string> = {}, path?: string) {
  const pkceCodeVerifier = client.randomPKCECodeVerifier();
  const state = client.randomState();
  const url = client.buildAuthorizationUrl(shop, {
    ...{ redirect_uri: BACK, scope: 'openid', state, code_challenge_method: 'S256', ...more },
    code_challenge: await client.calculatePKCECodeChallenge(pkceCodeVerifier),
  });
  if (path) url.pathname = url.pathname.replace(/auth$/, path);
  who = await Visitor.arrive();
  await who.open(url.href);
  return { pkceCodeVerifier, expectedState: state, idTokenExpected: true };
}

async function register(username: string, password = PASSWORD): Promise<void> {
  await who.page.fill('#username', username);
  await who.page.fill('#email', `${username}@harbour.example`);
  await who.page.fill('#firstName', 'Nina');
  await who.page.fill('#lastName', 'Novak');
  await who.page.fill('#password', password);
  await who.page.fill('#password-confirm', password);
  await who.submit('#kc-register');
}

/** Presses the last button, after which the browser is sent to the application. */
async function arrives(press: () => Promise<void>): Promise<URL> {
  const [request] = await Promise.all([who.page.waitForRequest(`${BACK}?**`), press()]);
  return new URL(request.url());
}

async function setsUpApp(): Promise<URL> {
  expect(await who.where()).toBe('login-login-config-totp');
  const phone = await who.scanQrCode();
  await who.page.fill('#totp', await phone.freshCode());
  return arrives(() => who.page.click('#saveTOTPBtn'));
}

describe('somebody new', () => {
  it('registers by the link on the login page, sets up an app, and only then the application gets a code', async () => {
    const checks = await comes();
    await who.page.click('#kc-registration');
    expect(await who.where()).toBe('login-register');
    await register('nina', 'short');
    expect(await who.where(), 'a password that breaks the policy').toBe('login-register');
    await register('nina');
    const tokens = await client.authorizationCodeGrant(shop, await setsUpApp(), checks);
    const { id } = await realm.findUser('nina');
    expect(tokens.claims()).toMatchObject({ sub: id, aud: 'shop', preferred_username: 'nina' });
    expect(await realm.credentialTypes(id!)).toEqual(expect.arrayContaining(['password', 'otp']));
  });

  it('who leaves before the app is set up has no session, and finds it waiting (mistakes.md, Casdoor #3932)', async () => {
    await comes({ prompt: 'create' });
    await register('noah');
    expect(await who.where()).toBe('login-login-config-totp');
    await who.page.goBack();
    await who.open(realm.accountUrl);
    expect(await who.where()).toBe('login-login');
    await who.signIn('noah', PASSWORD);
    expect(await who.where()).toBe('login-login-config-totp');
  });

  it.each([
    ['prompt=create', { prompt: 'create' }, undefined],
    ["Keycloak's address", {}, 'registrations'],
  ])('is sent straight to the page by %s', async (what, more, path) => {
    const name = `olga-${what.length}`;
    const checks = await comes(more, path);
    expect(await who.where()).toBe('login-register');
    await register(name);
    const tokens = await client.authorizationCodeGrant(shop, await setsUpApp(), checks);
    expect(tokens.claims()!.preferred_username).toBe(name);
  });

  it('who has an account after all goes back to the login, and comes to the application', async () => {
    await realm.createUser('pete', { requiredActions: [] });
    const { id } = await realm.findUser('pete');
    await realm.requireOf(id!, []);
    const checks = await comes({ prompt: 'create' });
    await who.page.click('#backToLogin');
    expect(await who.where()).toBe('login-login');
    await who.page.fill('#username', 'pete');
    await who.page.fill('#password', PASSWORD);
    const back = await arrives(() => who.page.click('#kc-login'));
    const tokens = await client.authorizationCodeGrant(shop, back, checks);
    expect(tokens.claims()!.sub).toBe(id);
  });

  it('tells what the realm wants to know, also without JavaScript and in German', async () => {
    const own = await RealmOfStory.create({
      ...{ registrationAllowed: true, internationalizationEnabled: true },
      ...{ supportedLocales: ['en', 'de'], defaultLocale: 'en' },
    });
    const admin = await administrator();
    const profile = await admin.users.getProfile({ realm: own.name });
    const permissions = { view: ['admin', 'user'], edit: ['admin', 'user'] };
    await admin.users.updateProfile({
      ...{ ...profile, realm: own.name },
      attributes: [
        ...(profile.attributes ?? []).filter(({ name }) => name !== 'lastName'),
        {
          ...{ name: 'department', displayName: 'Abteilung', permissions, required: { roles: ['user'] } },
          validations: { length: { min: 3, max: 20 } },
        },
        { name: 'size', displayName: 'Hemd', permissions, validations: { options: { options: ['S', 'M'] } } },
      ],
    });
    who = await Visitor.arrive({ javaScript: false, viewport: { width: 390, height: 844 } });
    await who.open(`${own.accountUrl}?kc_locale=de`);
    await who.page.click('#kc-registration');
    expect(await who.page.locator('#lastName').count()).toBe(0);
    expect(await who.reads()).toContain('Hemd (freiwillig)');
    const given = { username: 'rosa', email: 'rosa@harbour.example', firstName: 'Rosa', department: 'x' };
    const fill = async (fields: Record<string, string>) => {
      for (const [name, value] of Object.entries(fields)) await who.page.fill(`#${name}`, value);
      await who.page.fill('#password', PASSWORD);
      await who.page.fill('#password-confirm', PASSWORD);
      await who.submit('#kc-register');
    };
    await fill(given);
    expect(await who.page.textContent('#input-error-department')).toContain('zwischen 3 und 20');
    await who.page.check('#kc-size-1');
    await fill({ ...given, department: 'Books' });
    expect(await who.where()).toBe('account');
    const { id } = await own.findUser('rosa');
    const user = await own.user(id!);
    expect(user.attributes).toMatchObject({ department: ['Books'], size: ['M'] });
  });

  it('is told so where the realm takes nobody', async () => {
    await realm.update({ registrationAllowed: false });
    await comes({ prompt: 'create' });
    expect(await who.where()).toBe('login-error');
    expect(await who.reads()).toContain('Registration not allowed');
    await comes({}, 'registrations');
    expect(await who.where()).toBe('login-error');
    await comes();
    expect(await who.page.locator('#kc-registration').count()).toBe(0);
  });
});
