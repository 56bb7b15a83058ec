import 'reflect-metadata';
import { flows, type ExecutionInfo } from '@tumbler/contract-flows';
import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { by, World } from '../testing/world.js';
import { seed } from './seed.js';

let world: World;
beforeAll(async () => void (world = await World.open()));
afterAll(() => world.close());

const rowsOf = (realmId: string, alias: string) => world.bus.call(flows.executions, { realmId, alias });
const line = ({ level, priority, requirement, displayName, providerId }: ExecutionInfo) =>
  `${'  '.repeat(level)}${priority} ${requirement} ${providerId ?? `[${displayName}]`}`;

describe('the flows of a new realm', () => {
  it('are the seven of Keycloak, in its order (keycloak.md §1)', async () => {
    const listed = await world.bus.call(flows.listFlows, { realmId: randomUUID() });
    expect(listed.map(({ alias }) => alias)).toEqual([
      'browser',
      'direct grant',
      'registration',
      'reset credentials',
      'clients',
      'first broker login',
      'docker auth',
    ]);
    expect(listed.every(({ topLevel, builtIn }) => topLevel && builtIn)).toBe(true);
  });

  it('has the browser flow of §1.1', async () => {
    expect((await rowsOf(randomUUID(), 'browser')).map(line)).toEqual([
      '10 ALTERNATIVE auth-cookie',
      '20 DISABLED auth-spnego',
      '25 ALTERNATIVE identity-provider-redirector',
      '26 ALTERNATIVE [Organization]',
      '  10 CONDITIONAL [Browser - Conditional Organization]',
      '    10 REQUIRED conditional-user-configured',
      '    20 ALTERNATIVE organization',
      '30 ALTERNATIVE [forms]',
      '  10 REQUIRED auth-username-password-form',
      '  20 CONDITIONAL [Browser - Conditional 2FA]',
      '    10 REQUIRED conditional-user-configured',
      '    20 REQUIRED conditional-credential',
      '    30 ALTERNATIVE auth-otp-form',
      '    40 DISABLED webauthn-authenticator',
      '    50 DISABLED auth-recovery-authn-code-form',
    ]);
  });

  it('shows a step and a sub-flow with the fields of §1.8', async () => {
    const rows = await rowsOf(randomUUID(), 'browser');
    expect(rows[0]).toEqual({
      id: expect.any(String),
      requirement: 'ALTERNATIVE',
      displayName: 'Cookie',
      requirementChoices: ['REQUIRED', 'ALTERNATIVE', 'DISABLED'],
      configurable: false,
      providerId: 'auth-cookie',
      level: 0,
      index: 0,
      priority: 10,
    });
    expect(rows[7]).toEqual({
      id: expect.any(String),
      flowId: expect.any(String),
      requirement: 'ALTERNATIVE',
      displayName: 'forms',
      description: 'Username, password, otp and other auth forms.',
      requirementChoices: ['REQUIRED', 'ALTERNATIVE', 'DISABLED', 'CONDITIONAL'],
      configurable: false,
      authenticationFlow: true,
      level: 0,
      index: 4,
      priority: 30,
    });
    expect(rows[11]).toMatchObject({
      displayName: 'Condition - credential',
      configurable: true,
      alias: 'browser-conditional-credential',
      authenticationConfig: expect.any(String),
    });
  });

  it('keeps registration as a page of parts', async () => {
    const rows = await rowsOf(randomUUID(), 'registration');
    expect(rows.map(line)).toEqual([
      '10 REQUIRED registration-page-form',
      '  20 REQUIRED registration-user-creation',
      '  50 REQUIRED registration-password-action',
      '  60 DISABLED registration-recaptcha-action',
      '  70 DISABLED registration-terms-and-conditions',
    ]);
    expect(rows[0]).toMatchObject({ displayName: 'registration form', authenticationFlow: true });
  });

  it('finds the eighth flow by its alias, and lists it nowhere', async () => {
    expect((await rowsOf(randomUUID(), 'saml ecp')).map(line)).toEqual([
      '10 REQUIRED http-basic-authenticator',
    ]);
  });

  it('are made once, however many need them at the same moment', async () => {
    const realmId = randomUUID();
    await Promise.all(Array.from({ length: 8 }, () => world.db.transaction((tx) => seed(tx, realmId))));
    const [{ flows: count }] = await world.db.query(
      'select count(*)::int as flows from flow where realm_id = $1 and top_level',
      [realmId],
    );
    expect(count).toBe(8);
    expect(await rowsOf(realmId, 'browser')).toHaveLength(15);
  });

  it('are bound to what they are for', async () => {
    expect(await world.bus.call(flows.bindings, { realmId: randomUUID() })).toEqual({
      browserFlow: 'browser',
      registrationFlow: 'registration',
      directGrantFlow: 'direct grant',
      resetCredentialsFlow: 'reset credentials',
      clientAuthenticationFlow: 'clients',
      dockerAuthenticationFlow: 'docker auth',
      firstBrokerLoginFlow: 'first broker login',
    });
  });

  it('are another realm’s business nowhere', async () => {
    const [mine] = await world.bus.call(flows.listFlows, { realmId: randomUUID() });
    expect(await world.bus.call(flows.getFlow, { realmId: randomUUID(), id: mine!.id })).toBeNull();
  });
});

describe('a change of a step', () => {
  async function change(realmId: string, alias: string, find: (row: ExecutionInfo) => boolean, to: object) {
    const row = (await rowsOf(realmId, alias)).find(find)!;
    await world.bus.call(flows.updateExecution, {
      by,
      realmId,
      alias,
      id: row.id,
      priority: row.priority,
      ...to,
    });
    return (await rowsOf(realmId, alias)).find(({ id }) => id === row.id)!;
  }
  const isOtp = ({ providerId }: ExecutionInfo) => providerId === 'auth-otp-form';

  it('is seen by the next login, and told to whoever listens', async () => {
    const browser = world.browser();
    const realmId = browser.realm.id;
    world.neighbours.person('dora');
    await browser.signIn('dora');
    expect(browser.finished?.amr).toEqual(['pwd']);

    const conditional = ({ displayName }: ExecutionInfo) => displayName === 'Browser - Conditional 2FA';
    await change(realmId, 'browser', conditional, { requirement: 'REQUIRED' });
    await change(realmId, 'browser', isOtp, { requirement: 'REQUIRED' });
    await browser.signIn('dora');
    expect(browser.form.page).toBe('login-login-config-totp');

    const events = (await world.told(realmId)).filter(({ type }) => type === 'admin');
    expect(events).toHaveLength(2);
    expect(events[0]?.data).toMatchObject({
      operationType: 'UPDATE',
      resourceType: 'AUTH_EXECUTION',
      resourcePath: 'authentication/flows/browser/executions',
      authDetails: by,
      representation: { requirement: 'REQUIRED' },
    });
  });

  it('copies the priority, and takes 0 where none is given (gotcha 3)', async () => {
    const realmId = randomUUID();
    expect(await change(realmId, 'browser', isOtp, { priority: 33 })).toMatchObject({ priority: 33 });
    expect(await change(realmId, 'browser', isOtp, { priority: undefined })).toMatchObject({ priority: 0 });
  });

  it('is one of requirement or of name, never of both (gotcha 3)', async () => {
    const realmId = randomUUID();
    const isForms = ({ displayName }: ExecutionInfo) => displayName === 'forms' || displayName === 'pages';
    const both = { requirement: 'REQUIRED', displayName: 'pages' };
    expect(await change(realmId, 'browser', isForms, both)).toMatchObject({
      requirement: 'REQUIRED',
      displayName: 'forms',
    });
    expect(await change(realmId, 'browser', isForms, both)).toMatchObject({ displayName: 'pages' });
    await expect(change(realmId, 'browser', isForms, { displayName: 'Organization' })).rejects.toMatchObject({
      code: 'conflict',
      details: { message: 'Flow alias name already exists' },
    });
  });

  it('names what it does not find as Keycloak does (§5.1)', async () => {
    const realmId = randomUUID();
    const [row] = await rowsOf(realmId, 'browser');
    const ask = (alias: string, id: string) =>
      world.bus.call(flows.updateExecution, { by, realmId, alias, id });
    await expect(ask('nowhere', row!.id)).rejects.toMatchObject({ details: { message: 'flow not found' } });
    await expect(ask('browser', randomUUID())).rejects.toMatchObject({
      details: { message: 'Illegal execution' },
    });
    await expect(ask('browser', 'no id')).rejects.toMatchObject({
      details: { message: 'Illegal execution' },
    });
    await expect(rowsOf(realmId, 'nowhere')).rejects.toMatchObject({
      details: { message: 'Flow not found' },
    });
  });

  it('demands nothing that cannot be given', async () => {
    const isWebAuthn = ({ providerId }: ExecutionInfo) => providerId === 'webauthn-authenticator';
    await expect(
      change(randomUUID(), 'browser', isWebAuthn, { requirement: 'REQUIRED' }),
    ).rejects.toMatchObject({ code: 'invalid_request', details: { field: 'requirement' } });
    await expect(
      change(randomUUID(), 'browser', isOtp, { requirement: 'CONDITIONAL' }),
    ).rejects.toMatchObject({ code: 'invalid_request' });
  });
});

describe('a binding', () => {
  it('names a flow that is used as a whole, and of the right kind', async () => {
    const realmId = randomUUID();
    const bind = (settings: object) => world.bus.call(flows.setBindings, { realmId, settings });
    expect(await bind({ browserFlow: 'direct grant' })).toMatchObject({
      browserFlow: 'direct grant',
      registrationFlow: 'registration',
    });
    for (const settings of [
      { browserFlow: 'forms' },
      { browserFlow: 'clients' },
      { registrationFlow: 'x' },
    ]) {
      await expect(bind(settings)).rejects.toMatchObject({ code: 'invalid_request' });
    }
  });
});

it('lists what a step can be', async () => {
  const list = (kind: 'authenticator' | 'form' | 'form-action' | 'client-authenticator') =>
    world.bus.call(flows.providers, { kind });
  expect(await list('form')).toEqual([
    {
      id: 'registration-page-form',
      displayName: 'Registration Page',
      description: 'This is the controller for the registration page',
    },
  ]);
  expect(await list('authenticator')).toContainEqual({
    id: 'auth-otp-form',
    displayName: 'OTP Form',
    description: 'Validates a OTP on a separate OTP form.',
  });
  expect((await list('form-action')).map(({ id }) => id)).toContain('registration-user-creation');
  expect((await list('client-authenticator'))[0]).toMatchObject({
    id: 'client-secret',
    supportsSecret: true,
  });
});
