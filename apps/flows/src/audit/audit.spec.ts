import 'reflect-metadata';
import type { CloudEvent, EventType } from '@tumbler/contract-events';
import { flows, type AuditConfig } from '@tumbler/contract-flows';
import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { by, World } from '../testing/world.js';
import { DEFAULT_EVENT_TYPES } from './audit-config.js';

let world: World;
let realmId: string;
beforeAll(async () => void (world = await World.open()));
beforeEach(() => void (realmId = randomUUID()));
afterAll(() => world.close());

const told = <T extends EventType>(type: T, data: CloudEvent<T>['data'], minute = 0): CloudEvent => ({
  specversion: '1.0',
  id: randomUUID(),
  source: 'tumbler/flows',
  type,
  time: `2026-03-04T05:${String(minute).padStart(2, '0')}:00.000Z`,
  datacontenttype: 'application/json',
  realmid: realmId,
  data,
});
const changeOf = (resourcePath: string, more: object = {}, minute = 0) =>
  told(
    'admin',
    {
      operationType: 'CREATE',
      resourceType: 'USER',
      resourcePath,
      authDetails: by,
      representation: { username: 'ann' },
      ...more,
    },
    minute,
  );
const set = (settings: AuditConfig) => world.bus.call(flows.setAuditConfig, { by, realmId, settings });
const events = (more: object = {}) => world.bus.call(flows.events, { realmId, ...more });
const adminEvents = (more: object = {}) => world.bus.call(flows.adminEvents, { realmId, ...more });

describe('the log of what users did', () => {
  const login = (minute: number) =>
    told('LOGIN', { clientId: 'shop', userId: 'ann', ipAddress: '192.0.2.7' }, minute);
  const failed = (minute: number) =>
    told('LOGIN_ERROR', { clientId: 'account', error: 'user_not_found' }, minute);

  it('is kept from the first login on, newest first', async () => {
    await world.housekeeping.hear([failed(1), login(2), told('LOGOUT', { userId: 'ann' }, 3)]);
    expect((await events()).map(({ type }) => type)).toEqual(['LOGOUT', 'LOGIN', 'LOGIN_ERROR']);
    expect((await events())[1]).toEqual({
      id: expect.any(String),
      time: Date.parse('2026-03-04T05:02:00Z'),
      type: 'LOGIN',
      realmId,
      clientId: 'shop',
      userId: 'ann',
      ipAddress: '192.0.2.7',
    });
  });

  it('holds an event once, however often it comes', async () => {
    const once = login(1);
    await world.housekeeping.hear([once, once]);
    await world.housekeeping.hear([once]);
    expect(await events()).toHaveLength(1);
  });

  it('answers in the order of the stream what happened in the same instant (gotcha 6)', async () => {
    const types = ['UPDATE_TOTP', 'UPDATE_CREDENTIAL', 'LOGIN'] as const;
    await world.housekeeping.hear(types.map((type) => told(type, { userId: 'ann' })));
    expect((await events({ direction: 'asc' })).map(({ type }) => type)).toEqual(types);
    expect((await events()).map(({ type }) => type)).toEqual([...types].reverse());
  });

  it('can be searched and paged', async () => {
    await world.housekeeping.hear([login(1), failed(2), login(3)]);
    const found = async (more: object) => (await events(more)).length;
    expect(await found({ types: ['LOGIN_ERROR'] })).toBe(1);
    expect(await found({ types: ['LOGIN', 'LOGIN_ERROR'] })).toBe(3);
    expect(await found({ client: 'shop' })).toBe(2);
    expect(await found({ user: 'ann', ipAddress: '192.0.2.7' })).toBe(2);
    expect(await found({ dateFrom: Date.parse('2026-03-04T05:02:00Z') })).toBe(2);
    expect(await found({ dateTo: Date.parse('2026-03-04T05:02:00Z') })).toBe(2);
    expect((await events({ first: 1, max: 1 })).map(({ type }) => type)).toEqual(['LOGIN_ERROR']);
  });

  it('keeps the types that the realm names, and the usual ones where it names none', async () => {
    await set({ enabledEventTypes: ['LOGOUT'] });
    await world.housekeeping.hear([login(1), told('LOGOUT', {}, 2)]);
    expect((await events()).map(({ type }) => type)).toEqual(['LOGOUT']);
    expect((await set({ enabledEventTypes: [] })).enabledEventTypes).toEqual(DEFAULT_EVENT_TYPES);
  });

  it('goes back to the usual where the realm says null, which once broke the whole log', async () => {
    await set({ eventsEnabled: false, enabledEventTypes: ['LOGOUT'] });
    const nothing = { eventsEnabled: null, enabledEventTypes: null } as unknown as AuditConfig;
    expect(await set(nothing)).toMatchObject({ eventsEnabled: true, enabledEventTypes: DEFAULT_EVENT_TYPES });
    await world.housekeeping.hear([login(1)]);
    expect((await events()).map(({ type }) => type)).toEqual(['LOGIN']);
  });

  it('stops when the realm says so', async () => {
    expect(await set({ eventsEnabled: false })).toMatchObject({
      eventsEnabled: false,
      adminEventsEnabled: true,
    });
    await world.housekeeping.hear([login(1)]);
    expect(await events()).toEqual([]);
  });

  it('forgets events after the time that the realm keeps them', async () => {
    await set({ eventsExpiration: 120 });
    await world.housekeeping.hear([login(1), login(5)]);
    await world.housekeeping.tidy();
    expect(await events()).toHaveLength(1);
  });

  it('is emptied by an administrator, who is named', async () => {
    await world.housekeeping.hear([login(1), changeOf('users/1')]);
    await world.bus.call(flows.clearEvents, { by, realmId, which: 'user' });
    expect(await events()).toEqual([]);
    expect(await adminEvents()).toHaveLength(1);
    expect((await world.told(realmId)).at(-1)?.data).toMatchObject({
      operationType: 'DELETE',
      resourcePath: 'events',
    });
  });
});

describe('the log of what administrators changed', () => {
  it('is kept without what was sent, unless the realm asks for it', async () => {
    await world.housekeeping.hear([changeOf('users/1')]);
    expect(await adminEvents()).toEqual([
      {
        id: expect.any(String),
        time: expect.any(Number),
        realmId,
        authDetails: by,
        operationType: 'CREATE',
        resourceType: 'USER',
        resourcePath: 'users/1',
      },
    ]);
    await set({ adminEventsDetailsEnabled: true });
    await world.housekeeping.hear([changeOf('users/2', {}, 1)]);
    expect((await adminEvents())[0]?.representation).toBe('{"username":"ann"}');
  });

  it('can be searched', async () => {
    await world.housekeeping.hear([
      changeOf('users/1', {}, 1),
      changeOf('users/1/groups/2', { operationType: 'DELETE', resourceType: 'GROUP_MEMBERSHIP' }, 2),
      changeOf('users_1', { authDetails: { ...by, userId: 'somebody else' } }, 3),
    ]);
    const found = async (more: object) => (await adminEvents(more)).map(({ resourcePath }) => resourcePath);
    expect(await found({ operationTypes: ['DELETE'] })).toEqual(['users/1/groups/2']);
    expect(await found({ resourceTypes: ['USER'] })).toEqual(['users_1', 'users/1']);
    expect(await found({ resourcePath: 'users/*' })).toEqual(['users/1/groups/2', 'users/1']);
    expect(await found({ resourcePath: 'users_1' })).toEqual(['users_1']);
    expect(await found({ authUser: 'somebody else' })).toEqual(['users_1']);
    expect(await found({ authClient: by.clientId, authUser: by.userId })).toHaveLength(2);
  });
});

it('goes with its realm, and so do the flows and the logins', async () => {
  const browser = world.browser(world.realm({ id: realmId }));
  await browser.open();
  await world.housekeeping.hear([
    told('LOGIN', { userId: 'ann' }),
    changeOf('users/1'),
    told('realm.removed', { name: 'acme' }),
  ]);
  for (const table of [
    'user_event',
    'admin_event',
    'login',
    'flow',
    'execution',
    'authenticator_config',
    'realm_flows',
  ]) {
    const rows: unknown[] = await world.db.query(`select 1 from ${table} where realm_id = $1`, [realmId]);
    expect([table, rows.length]).toEqual([table, 0]);
  }
  await browser.reload();
  expect(browser.step).toEqual({ kind: 'expired' });
});

it('keeps a setting of one realm from the others', async () => {
  await set({ eventsEnabled: false });
  realmId = randomUUID();
  await world.housekeeping.hear([told('LOGIN', {})]);
  expect(await events()).toHaveLength(1);
});
