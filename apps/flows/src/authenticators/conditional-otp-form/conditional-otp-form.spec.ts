import 'reflect-metadata';
import { text } from '@tumbler/contract-flows';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { CODE } from '../../testing/neighbours.js';
import { World, type Browser } from '../../testing/world.js';

let world: World;
let browser: Browser;
beforeAll(async () => void (world = await World.open()));
afterAll(() => world.close());
beforeEach(() => {
  world.neighbours.enabled = ['CONFIGURE_TOTP'];
  browser = world.browser();
});

let people = 0;
interface Somebody {
  app?: boolean;
  attributes?: Record<string, string[]>;
  roles?: string[];
  headers?: Record<string, string>;
}

/** Signs in by password and this step, set up so. */
async function signsIn(config: Record<string, string>, { app = true, headers, ...more }: Somebody = {}) {
  const { id: realmId } = browser.realm;
  await world.trees.ofRealm(realmId);
  await world.db.query(
    `with config as (
       insert into authenticator_config (id, realm_id, alias, config)
       values (gen_random_uuid(), $1, 'rules', $2) returning id)
     update execution set authenticator = 'auth-conditional-otp-form', config_id = config.id, requirement = 'REQUIRED'
       from config
      where realm_id = $1 and authenticator = 'auth-otp-form'
        and flow_id in (select id from flow where alias = 'Browser - Conditional 2FA')`,
    [realmId, config],
  );
  const username = `p${++people}`;
  if (app) world.neighbours.personWithOtp(username);
  else world.neighbours.person(username);
  Object.assign(world.neighbours.accounts.at(-1)!.user, more);
  await browser.open('browser', { visitor: { address: '192.0.2.7', headers } });
  await browser.send({ username, password: `${username}-password` }, {}, { headers });
  return browser.step.kind === 'form' ? browser.form.page : browser.step.kind;
}

const ASKED = 'login-login-otp';
const IN = 'done';
const control = { otpControlAttribute: 'otp' };
const headers = { 'x-network': 'office' };

describe('a code is asked for by the first rule that says anything (keycloak.md §2.10)', () => {
  it.each<[string, Record<string, string>, Somebody, string]>([
    ['by default', {}, {}, ASKED],
    ['not by default, where the default is to skip', { defaultOtpOutcome: 'skip' }, {}, IN],
    ['not of who has the attribute to skip', control, { attributes: { otp: ['skip'] } }, IN],
    [
      'of who has the attribute to force',
      { ...control, defaultOtpOutcome: 'skip' },
      { attributes: { otp: ['force'] } },
      ASKED,
    ],
    [
      'as the next rule says, where the attribute says nothing',
      control,
      { attributes: { otp: ['maybe'] } },
      ASKED,
    ],
    ['not of who has the role to skip', { skipOtpRole: 'robot' }, { roles: ['robot'] }, IN],
    [
      'of who has the role to force',
      { forceOtpRole: 'chief', defaultOtpOutcome: 'skip' },
      { roles: ['chief'] },
      ASKED,
    ],
    [
      'by the attribute before the role',
      { ...control, skipOtpRole: 'robot' },
      { attributes: { otp: ['force'] }, roles: ['robot'] },
      ASKED,
    ],
    ['not where a header says so', { noOtpRequiredForHeaderPattern: 'X-Network: office' }, { headers }, IN],
    [
      'where a header says so',
      { forceOtpForHeaderPattern: 'x-network: .*', defaultOtpOutcome: 'skip' },
      { headers },
      ASKED,
    ],
    [
      'where the header is another one',
      { noOtpRequiredForHeaderPattern: 'x-network: home' },
      { headers },
      ASKED,
    ],
    ['where the pattern is none', { noOtpRequiredForHeaderPattern: '(' }, { headers }, ASKED],
    ['where the attribute is one of every object', { otpControlAttribute: 'constructor' }, {}, ASKED],
  ])('%s', async (_, config, somebody, page) => {
    expect(await signsIn(config, somebody)).toBe(page);
  });

  it('and taken like at every OTP form', async () => {
    await signsIn({});
    await browser.send({ otp: '000000' });
    expect(browser.errors).toEqual([{ otp: text('invalidTotpMessage') }]);
    await browser.send({ otp: CODE });
    expect(browser.finished?.amr).toEqual(['pwd', 'otp', 'mfa']);
  });

  it('of who has no app: it is set up before the door', async () => {
    expect(await signsIn({}, { app: false })).toBe('login-login-config-totp');
    await browser.send({ totp: CODE });
    expect(browser.finished).toBeDefined();
  });

  it('and nobody gets by without an app where none can be set up', async () => {
    world.neighbours.enabled = [];
    expect(await signsIn({}, { app: false })).toBe('failed');
  });
});
