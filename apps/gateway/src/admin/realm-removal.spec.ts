import { randomUUID } from 'node:crypto';
import { users } from '@tumbler/contract-users';
import { AppError } from '@tumbler/errors';
import { DataSource } from 'typeorm';
import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest';
import { SessionEnds } from '../sessions/session-ends.js';
import { Sessions } from '../sessions/sessions.js';
import { adminWorld, type AdminWorld } from '../testing/admin-world.js';
import { testRealm } from '../testing/stub-services.js';

let world: AdminWorld;
let realm: { id: string; name: string };
beforeAll(async () => void (world = await adminWorld()));
afterAll(() => world.gateway.close());

/** Somebody is signed in there. */
beforeEach(async () => {
  const made = testRealm({ name: `r-${randomUUID().slice(0, 8)}` });
  world.people.realms.push(made);
  const authTime = Math.floor(world.gateway.clock.now().getTime() / 1000);
  const user = { userId: randomUUID(), username: 'uma' };
  const finished = { ...user, clientId: 'app', authTime, amr: ['pwd'], rememberMe: false };
  await world.gateway.app.get(Sessions).openDirect({ id: randomUUID(), realm: made, finished });
  realm = made;
});

type Attempt = 'answered' | 'answer lost' | 'not heard';

/** What becomes of one attempt after the other. A realm is removed once. */
function attempts(...outcomes: Attempt[]): void {
  world.gateway.bus.stub(users.removeRealm, ({ realmId }) => {
    const outcome = outcomes.shift();
    if (outcome !== 'not heard') {
      const at = world.people.realms.findIndex(({ id }) => id === realmId);
      if (at < 0) throw new AppError('realm_not_found', { message: 'Realm not found.' });
      world.people.realms.splice(at, 1);
    }
    if (outcome !== 'answered') throw new AppError('service_unavailable');
    return {};
  });
}

const remove = () => world.ask('DELETE', `/${realm.name}`);
const isThere = async () => (await world.admin.realms.findOne({ realm: realm.name })) !== null;
const sessions = async () => {
  const db = world.gateway.app.get(DataSource);
  return (await db.query<unknown[]>('select from session where realm_id = $1', [realm.id])).length;
};

it.each<[string, Attempt[]]>([
  ['at once', ['answered']],
  ['and the answer got lost', ['answer lost', 'answered']],
  ['when the users service was away for a moment', ['not heard', 'answered']],
])('a realm is removed %s: it is gone, and so are its sessions', async (_, outcomes) => {
  attempts(...outcomes);
  expect(await sessions()).toBe(1);
  expect((await remove()).status).toBe(204);
  expect(await isThere()).toBe(false);
  expect(await sessions()).toBe(0);
});

it('a realm that nobody can remove stays with its sessions, and goes the next time', async () => {
  attempts('not heard', 'not heard', 'answered');
  expect((await remove()).status).toBe(503);
  expect([await isThere(), await sessions()]).toEqual([true, 1]);
  expect((await remove()).status).toBe(204);
  expect([await isThere(), await sessions()]).toEqual([false, 0]);
});

it('a realm of which nobody can say that it went is not found the next time, and loses its sessions by the event', async () => {
  attempts('not heard', 'answer lost');
  expect((await remove()).status).toBe(503);
  expect((await remove()).status).toBe(404);
  const event = { specversion: '1.0', id: randomUUID(), source: 'tumbler/users', time: '' } as const;
  await world.gateway.app.get(SessionEnds).realmsWent([
    {
      ...{ ...event, datacontenttype: 'application/json', type: 'realm.removed' },
      ...{ realmid: realm.id, data: { name: realm.name } },
    },
  ]);
  expect(await sessions()).toBe(0);
});

it('a realm that somebody else removes at the same moment is removed', async () => {
  world.gateway.bus.stub(users.removeRealm, () => {
    world.people.realms.splice(
      world.people.realms.findIndex(({ id }) => id === realm.id),
      1,
    );
    throw new AppError('realm_not_found', { message: 'Realm not found.' });
  });
  expect((await remove()).status).toBe(204);
  expect([await isThere(), await sessions()]).toEqual([false, 0]);
});

it('what is refused is refused, and asked once', async () => {
  const asked: string[] = [];
  world.gateway.bus.stub(users.removeRealm, ({ realmId }) => {
    asked.push(realmId);
    throw new AppError('invalid_request', { message: 'Realm master cannot be removed' });
  });
  expect((await remove()).status).toBe(400);
  expect(asked).toEqual([realm.id]);
  expect(await sessions()).toBe(1);
});
