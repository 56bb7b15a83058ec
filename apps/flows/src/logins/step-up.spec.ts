import 'reflect-metadata';
import { flows, text } from '@tumbler/contract-flows';
import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { flowAdministrator } from '../testing/flow-administrator.js';
import { CODE } from '../testing/neighbours.js';
import { World, type Browser } from '../testing/world.js';

let world: World;
let browser: Browser;
/** Of the flow in which a password is level 1 and a code level 2. */
let overrides: { browser: string };
beforeAll(async () => void (world = await World.open()));
afterAll(() => world.close());
beforeEach(async () => {
  browser = world.browser();
  overrides = { browser: await levels() };
});

/** @param codeFor for how many seconds a code is good. */
async function levels(codeFor = 300): Promise<string> {
  const admin = flowAdministrator(world, () => browser.realm.id);
  const { id } = await admin.create(`levels ${randomUUID()}`);
  await admin.step({ parentFlow: id, requirement: 'ALTERNATIVE', authenticator: 'auth-cookie', priority: 0 });
  const forms = await sub(id, 'ALTERNATIVE', 1);
  for (const [level, maxAge, authenticator] of [
    [1, 36_000, 'auth-username-password-form'],
    [2, codeFor, 'auth-otp-form'],
  ] as const) {
    const within = await sub(forms, 'CONDITIONAL', level);
    const condition = await admin.step({
      ...{ parentFlow: within, requirement: 'REQUIRED', priority: 0 },
      authenticator: 'conditional-level-of-authentication',
    });
    const config = { 'loa-condition-level': String(level), 'loa-max-age': String(maxAge) };
    await admin.configure(condition.id, condition.id, config);
    await admin.step({ parentFlow: within, requirement: 'REQUIRED', authenticator, priority: 1 });
  }
  return id;

  async function sub(parentFlow: string, requirement: string, priority: number): Promise<string> {
    const { id: flowId } = await admin.create(`sub ${randomUUID()}`, { topLevel: false });
    await admin.step({ parentFlow, flowId, requirement, priority });
    return flowId;
  }
}

let people = 0;
const seconds = () => world.clock.now().getTime() / 1000;

/** Somebody who is signed in by a password. */
async function signedIn({ app = true } = {}) {
  const name = `person-${++people}`;
  const account = app ? world.neighbours.personWithOtp(name) : world.neighbours.person(name);
  await open();
  await browser.send({ username: name, password: `${name}-password` });
  keep();
  return account;
}

/** Opens a login, with what the browser has. */
const open = (wanted?: { level?: number; mustReach?: number }) =>
  browser.open('browser', { overrides, ...(wanted ? { wanted } : {}) });

/** Does as the gateway does with the end of a login. */
function keep() {
  const finished = browser.finished!;
  const { sessionId, userId, authTime, amr, levels = {} } = finished;
  if (!sessionId)
    browser.session = {
      id: browser.step.kind === 'done' ? browser.step.login : '',
      userId,
      authTime,
      amr,
      levels,
    };
  else if (finished.raised)
    browser.session = {
      ...browser.session!,
      authTime,
      amr,
      levels: { ...browser.session!.levels, ...levels },
    };
  return finished;
}

describe('step-up', () => {
  it('asks for a password where nothing is asked for, and tells that it is level 1', async () => {
    await signedIn();
    expect(browser.finished).toMatchObject({ level: 1, levels: { '1': seconds() }, amr: ['pwd'] });
  });

  it('asks somebody who is signed in for the code only, and raises their session', async () => {
    await signedIn();
    const session = browser.session!;
    world.clock.advance(60);
    await open({ level: 2 });
    expect(browser.form).toMatchObject({ page: 'login-login-otp', attemptedUsername: `person-${people}` });
    await browser.send({ otp: CODE });
    expect(browser.finished).toEqual({
      ...{ userId: session.userId, username: `person-${people}`, clientId: 'account' },
      ...{ redirectUri: 'https://app.example/back', rememberMe: false },
      ...{ sessionId: session.id, raised: true, authTime: seconds(), amr: ['pwd', 'otp', 'mfa'] },
      ...{ level: 2, levels: { '2': seconds() } },
    });
    const login = (await world.told(browser.realm.id)).at(-1);
    expect(login).toMatchObject({ type: 'LOGIN', data: { sessionId: session.id } });
  });

  it('does not ask again as long as the level is kept, and does when it is not', async () => {
    await signedIn();
    await open({ level: 2 });
    await browser.send({ otp: CODE });
    keep();
    world.clock.advance(299);
    expect(await open({ level: 2 })).toMatchObject({ kind: 'done', finished: { level: 2 } });
    expect(browser.finished).not.toHaveProperty('raised');
    expect(await open()).toMatchObject({ kind: 'done', finished: { level: 2 } });
    world.clock.advance(1);
    expect(await open()).toMatchObject({ kind: 'done', finished: { level: 1 } });
    expect(await open({ level: 2 })).toMatchObject({ form: { page: 'login-login-otp' } });
  });

  it('keeps a level that is good once for no other request', async () => {
    overrides = { browser: await levels(0) };
    await signedIn();
    await open({ level: 2 });
    await browser.send({ otp: CODE });
    expect(keep()).toMatchObject({ level: 2 });
    expect(browser.session?.levels).not.toHaveProperty('2');
    expect(await open()).toMatchObject({ finished: { level: 1 } });
    expect(await open({ level: 2 })).toMatchObject({ form: { page: 'login-login-otp' } });
  });

  it('asks for both, in one login, who is not signed in', async () => {
    const { user } = world.neighbours.personWithOtp('both');
    await open({ level: 2 });
    await browser.send({ username: 'both', password: 'both-password' });
    await browser.send({ otp: CODE });
    expect(browser.finished).toMatchObject({ userId: user.id, level: 2 });
    expect(Object.keys(browser.finished!.levels!)).toEqual(['1', '2']);
  });

  it('lets who has no app set one up on the way, which proves it', async () => {
    world.neighbours.enabled = ['CONFIGURE_TOTP'];
    await signedIn({ app: false });
    await open({ level: 2, mustReach: 2 });
    expect(browser.page.execution).toBe('CONFIGURE_TOTP');
    await browser.send({ totp: CODE });
    expect(browser.finished).toMatchObject({ level: 2 });
  });

  it('begins anew with what the application asked for', async () => {
    await signedIn();
    await open({ level: 2 });
    await browser.reload({ restart: true, session: browser.session });
    expect(browser.form.page).toBe('login-login-otp');
  });
});

describe('who attacks a step-up', () => {
  it('gets no further with a wrong code, however often', async () => {
    await signedIn();
    await open({ level: 2, mustReach: 2 });
    for (const otp of ['000000', '', '111111']) await browser.send({ otp });
    expect(browser.form.page).toBe('login-login-otp');
  });

  it('cannot raise a session that ended meanwhile at an administrator’s word, by its code', async () => {
    const { user } = await signedIn();
    await open({ level: 2 });
    user.notBefore = seconds() + 1;
    expect(await browser.send({ otp: CODE })).toMatchObject({ kind: 'failed' });
  });

  it('cannot come in as somebody else on top of a session', async () => {
    await signedIn();
    world.neighbours.person('other');
    browser.session!.levels = {};
    await open({ level: 1 });
    expect(browser.form.page).toBe('login-login');
    expect(await browser.send({ username: 'other', password: 'other-password' })).toMatchObject({
      ...{ kind: 'failed', error: text('invalidUserMessage') },
    });
  });

  it('is refused where the flow does not lead as far as the application demands, and told so', async () => {
    await signedIn();
    expect(await open({ level: 3, mustReach: 3 })).toMatchObject({ form: { page: 'login-login-otp' } });
    expect(await browser.send({ otp: CODE })).toEqual({
      ...{ kind: 'failed', error: text('acrNotFulfilled'), status: 400, unmet: true },
    });
    expect((await world.toldTypes(browser.realm.id)).at(-1)).toBe('LOGIN_ERROR access_denied');
  });

  it('goes on with what was reached where it is not demanded', async () => {
    await signedIn();
    await open({ level: 3 });
    await browser.send({ otp: CODE });
    expect(keep()).toMatchObject({ level: 2 });
    expect(await open({ level: 3 })).toMatchObject({ kind: 'done', finished: { level: 2 } });
  });
});

describe('who is signed in and must see no page (prompt=none)', () => {
  const pass = (wanted?: object) =>
    world.bus.call(flows.pass, {
      ...{ realm: browser.realm, clientId: 'account', visitor: {}, session: browser.session!, overrides },
      ...(wanted ? { wanted } : {}),
    });

  it('passes where nothing has to be asked, and is told of', async () => {
    await signedIn();
    expect(await pass()).toMatchObject({
      kind: 'done',
      finished: { sessionId: browser.session!.id, level: 1, authTime: browser.session!.authTime },
    });
    expect((await world.toldTypes(browser.realm.id)).filter((type) => type === 'LOGIN')).toHaveLength(2);
  });

  it('leaves no trace where something has to be', async () => {
    await signedIn();
    const before = await world.toldTypes(browser.realm.id);
    expect(await pass({ level: 2 })).toEqual({ kind: 'asks' });
    expect(await world.toldTypes(browser.realm.id)).toEqual(before);
  });

  it('is refused where the flow leads no further', async () => {
    overrides = { browser: await levels() };
    await signedIn();
    browser.session!.levels!['2'] = seconds();
    expect(await pass({ level: 3, mustReach: 3 })).toEqual({ kind: 'refused', unmet: true });
  });

  it('does not pass a flow that takes no session, or for an action that is still to do', async () => {
    const { user } = await signedIn();
    world.neighbours.enabled = ['CONFIGURE_TOTP', 'UPDATE_PASSWORD'];
    user.requiredActions = ['UPDATE_PASSWORD'];
    expect(await pass()).toEqual({ kind: 'asks' });
    user.requiredActions = [];
    const admin = flowAdministrator(world, () => browser.realm.id);
    const { id } = await admin.create(`every time ${randomUUID()}`);
    await admin.step({
      ...{ parentFlow: id, requirement: 'REQUIRED', priority: 0 },
      authenticator: 'auth-username-password-form',
    });
    overrides = { browser: id };
    expect(await pass()).toEqual({ kind: 'asks' });
  });
});
