import 'reflect-metadata';
import { flows, type Explanation } from '@tumbler/contract-flows';
import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { newRun } from '../engine/run.js';
import { remember } from '../engine/trace.js';
import { user } from '../testing/flows.js';
import { CODE } from '../testing/neighbours.js';
import { by, World, type Browser } from '../testing/world.js';

let world: World;
let browser: Browser;
let people = 0;
beforeAll(async () => void (world = await World.open()));
beforeEach(() => void (browser = world.browser()));
afterAll(() => world.close());

/** What the last event of that type says of itself, once the log has it. */
async function explain(type: string): Promise<Explanation> {
  const realmId = browser.realm.id;
  await world.housekeeping.hear(await world.told(realmId));
  const [event] = await world.bus.call(flows.events, { realmId, types: [type] });
  return world.bus.call(flows.explanation, { realmId, id: event!.id });
}
const names = ({ path }: Explanation, decided: string) =>
  path.filter((each) => each.decided === decided).map(({ name }) => name);

describe('the explanation of a login', () => {
  it('tells why a code was asked for, over all its pages', async () => {
    const name = `ann-${++people}`;
    world.neighbours.personWithOtp(name);
    await browser.signIn(name);
    await browser.send({ otp: CODE });
    const told = await explain('LOGIN');
    expect(told.event).toMatchObject({ type: 'LOGIN', details: { username: name } });
    expect(told.code).toEqual({
      asked: true,
      because: expect.arrayContaining(['conditional-user-configured: condition true: set up: auth-otp-form']),
    });
    expect(names(told, 'asked')).toEqual(['auth-username-password-form', 'auth-otp-form']);
    expect(names(told, 'passed')).toEqual(
      expect.arrayContaining(['auth-username-password-form', 'auth-otp-form']),
    );
  });

  it('tells why none was', async () => {
    const name = `ann-${++people}`;
    world.neighbours.person(name);
    await browser.signIn(name);
    const told = await explain('LOGIN');
    expect(told.code.asked).toBe(false);
    expect(told.code.because).toContain(
      'conditional-user-configured: condition false: none is set up: auth-otp-form',
    );
  });

  it('tells that somebody was signed in already, with and without a page to show', async () => {
    const { user } = world.neighbours.personWithOtp(`ann-${++people}`);
    const authTime = world.clock.now().getTime() / 1000;
    const session = { id: randomUUID(), userId: user.id, authTime, amr: ['pwd'] };
    browser.session = session;
    await browser.open();
    expect((await explain('LOGIN')).code).toMatchObject({ asked: false, because: ['auth-cookie: passed'] });
    const { realm } = browser;
    await world.bus.call(flows.pass, { realm, clientId: 'account', session, visitor: {} });
    expect((await explain('LOGIN')).code).toMatchObject({ asked: false, because: ['auth-cookie: passed'] });
  });

  it('tells of setting an app up', async () => {
    world.neighbours.enabled = ['CONFIGURE_TOTP'];
    const name = `ann-${++people}`;
    world.neighbours.person(name, { requiredActions: ['CONFIGURE_TOTP'] });
    await browser.signIn(name);
    await browser.send({ totp: CODE });
    const told = await explain('LOGIN');
    expect(told.code.asked).toBe(true);
    expect(names(told, 'required action')).toEqual(['CONFIGURE_TOTP']);
  });

  it('of a wrong password ends there, though the login went on', async () => {
    const name = `ann-${++people}`;
    world.neighbours.personWithOtp(name);
    await browser.signIn(name, 'wrong');
    world.clock.advance(5);
    await browser.send({ username: name, password: `${name}-password` });
    await browser.send({ otp: CODE });
    const told = await explain('LOGIN_ERROR');
    expect(names(told, 'refused')).toEqual(['auth-username-password-form']);
    expect(names(told, 'asked')).toEqual(['auth-username-password-form']);
    expect(told.code.asked).toBe(false);
    expect(names(await explain('LOGIN'), 'asked')).toContain('auth-otp-form');
  });

  it('of a login in one request', async () => {
    const grant = (fields: Record<string, string>) =>
      world.bus.call(flows.grant, { realm: browser.realm, clientId: 'admin-cli', visitor: {}, fields });
    const name = `ann-${++people}`;
    world.neighbours.personWithOtp(name);
    await grant({ username: name, password: `${name}-password` });
    const refused = await explain('LOGIN_ERROR');
    expect(refused.code.asked).toBe(true);
    expect(refused.path.at(-1)).toMatchObject({ name: 'direct-grant-validate-otp', decided: 'failed' });
    const plain = `ann-${++people}`;
    world.neighbours.person(plain);
    await grant({ username: plain, password: `${plain}-password` });
    expect((await explain('LOGIN')).code).toMatchObject({ asked: false });
  });

  it('holds nothing that was typed', async () => {
    const name = `ann-${++people}`;
    world.neighbours.personWithOtp(name);
    await browser.signIn(name, 'mistyped-password');
    await browser.send({ username: name, password: `${name}-password` });
    await browser.send({ otp: '654321' });
    await browser.send({ otp: CODE });
    const { path, code } = await explain('LOGIN');
    for (const typed of ['mistyped', name, '654321', CODE]) {
      expect(JSON.stringify([path, code])).not.toContain(typed);
    }
  });

  it('begins anew with the login', async () => {
    const name = `ann-${++people}`;
    world.neighbours.personWithOtp(name);
    await browser.signIn(name);
    await browser.reload({ restart: true });
    const plain = `ann-${++people}`;
    world.neighbours.person(plain);
    await browser.send({ username: plain, password: `${plain}-password` });
    expect((await explain('LOGIN')).code.asked).toBe(false);
  });
});

describe('there is no explanation', () => {
  const realmId = () => browser.realm.id;
  const ask = (id: string, of = realmId()) => world.bus.call(flows.explanation, { realmId: of, id });
  const message = (text: string) => ({ code: 'not_found', details: { message: text } });

  it.each([randomUUID(), 'nothing', "' or 1=1", ''])('of an event that is not there: %s', async (id) => {
    await expect(ask(id)).rejects.toMatchObject(message('Event not found'));
  });

  it('of an event of another realm', async () => {
    const name = `ann-${++people}`;
    world.neighbours.person(name);
    await browser.signIn(name);
    const { event } = await explain('LOGIN');
    await expect(ask(event.id, randomUUID())).rejects.toMatchObject(message('Event not found'));
  });

  it('of what belongs to no login, or to one that was forgotten before the log heard of it', async () => {
    const none = message('There is no explanation of this event: it belongs to no login that is known');
    const event = {
      specversion: '1.0',
      source: 'tumbler/gateway',
      datacontenttype: 'application/json',
      time: world.clock.now().toISOString(),
      realmid: realmId(),
    } as const;
    const ids = [randomUUID(), randomUUID(), randomUUID()];
    await world.housekeeping.hear([
      { ...event, id: ids[0]!, type: 'LOGOUT', data: { userId: user().id } },
      { ...event, id: ids[1]!, type: 'LOGIN', data: { details: { code_id: randomUUID() } } },
      { ...event, id: ids[2]!, type: 'LOGIN', data: { details: { code_id: `${randomUUID()}' --` } } },
    ]);
    for (const id of ids) await expect(ask(id)).rejects.toMatchObject(none);
  });

  it('once its event has expired, or was cleared', async () => {
    await world.bus.call(flows.setAuditConfig, {
      by,
      realmId: realmId(),
      settings: { eventsExpiration: 60 },
    });
    const name = `ann-${++people}`;
    world.neighbours.person(name);
    await browser.signIn(name);
    const { event } = await explain('LOGIN');
    world.clock.advance(61);
    await world.housekeeping.tidy();
    await expect(ask(event.id)).rejects.toMatchObject(message('Event not found'));
  });
});

it('outlives the login, and is no burden to the list', async () => {
  const name = `ann-${++people}`;
  world.neighbours.person(name);
  await browser.signIn(name);
  const { event } = await explain('LOGIN');
  world.clock.advance(2 * 3600);
  await world.housekeeping.tidy();
  const { details } = event;
  const left = await world.db.query('select 1 from login where id = $1', [details?.code_id]);
  expect(left).toEqual([]);
  expect((await explain('LOGIN')).path.length).toBeGreaterThan(0);
  const [listed] = await world.bus.call(flows.events, { realmId: browser.realm.id, types: ['LOGIN'] });
  expect(listed).not.toHaveProperty('trace');
});

describe('a trace', () => {
  it('is bounded, and tells each decision once', () => {
    const realm = world.realm();
    const flow = { id: 'f', alias: 'f', steps: [] };
    const run = newRun({ id: 'l', kind: 'browser', realm, clientId: 'account', visitor: {} }, flow);
    const decision = (n: number) =>
      ({ step: `s${n}`, name: 'x', decided: 'condition true', why: 'y'.repeat(500) }) as const;
    remember(run, [decision(1), decision(1)], new Date(7));
    remember(run, [decision(1)], new Date(8));
    expect(run.trace).toEqual([{ ...decision(1), why: 'y'.repeat(200), at: 7 }]);
    remember(
      run,
      Array.from({ length: 1_000 }, (_, n) => decision(n)),
      new Date(9),
    );
    expect(run.trace).toHaveLength(400);
  });
});
