import { randomUUID } from 'node:crypto';
import { credentials } from '@tumbler/contract-credentials';
import type { CloudEvent } from '@tumbler/contract-events';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { testCredentials, type TestCredentials } from '../testing/test-credentials.js';
import { Visitor } from '../testing/visitor.js';
import { Erasures } from './erasures.js';

let service: TestCredentials;
let ann: Visitor;
let phone: string;
let tablet: string;
beforeAll(async () => void (service = await testCredentials()));
afterAll(() => service.close());
beforeEach(async () => {
  ann = await userWithEverything();
  const apps = (await has()).filter(({ type }) => type === 'otp');
  [phone, tablet] = apps.map(({ id }) => id) as [string, string];
});

async function userWithEverything(realmId: string = randomUUID()) {
  const visitor = new Visitor(service.bus, realmId);
  await service.bus.call(credentials.setPassword, { ...visitor.who, password: 'correct horse' });
  const step = Math.floor(service.clock.now().getTime() / 30_000);
  await visitor.enrol(step, 'Phone');
  await visitor.enrol(step, 'Tablet');
  return visitor;
}
const has = (visitor = ann) => service.bus.call(credentials.has, visitor.who);
const names = async () => (await has()).map(({ type, label }) => label ?? type);

describe('the list of credentials', () => {
  it('tells how each was made, in order of preference, and nothing secret (keycloak.md §5.5)', async () => {
    const list = await service.bus.call(credentials.list, ann.who);
    expect(
      list.map(({ credentialData, ...rest }) => ({ ...rest, data: JSON.parse(credentialData) as unknown })),
    ).toEqual([
      {
        id: expect.any(String),
        type: 'password',
        createdDate: service.clock.now().getTime(),
        priority: 10,
        data: {
          hashIterations: 5,
          algorithm: 'argon2',
          additionalParameters: {
            hashLength: ['32'],
            memory: ['7168'],
            type: ['id'],
            version: ['1.3'],
            parallelism: ['1'],
          },
        },
      },
      ...['Phone', 'Tablet'].map((label, i) => ({
        id: [phone, tablet][i],
        type: 'otp',
        label,
        createdDate: service.clock.now().getTime(),
        priority: 20 + i * 10,
        data: { subType: 'totp', digits: 6, counter: 0, period: 30, algorithm: 'HmacSHA1' },
      })),
    ]);
  });

  it('tells of many users at once who has a code app, and of none of another realm (ASVS 8.4.1)', async () => {
    const bob = new Visitor(service.bus, ann.who.realmId);
    await service.bus.call(credentials.setPassword, { ...bob.who, password: 'correct horse' });
    const stranger = await userWithEverything();
    const userIds = [bob, ann, stranger].map(({ who }) => who.userId);
    const whoHas = (type: 'otp' | 'password') =>
      service.bus.call(credentials.whoHas, { realmId: ann.who.realmId, userIds, type });
    expect(await whoHas('otp')).toEqual([ann.who.userId]);
    expect((await whoHas('password')).sort()).toEqual([ann.who.userId, bob.who.userId].sort());
  });

  it('is empty for a user of another realm (ASVS 8.4.1)', async () => {
    expect(await service.bus.call(credentials.list, { ...ann.who, realmId: randomUUID() })).toEqual([]);
  });
});

describe('a credential', () => {
  const rename = (label: string, credentialId = tablet) =>
    service.bus.call(credentials.rename, { ...ann.who, credentialId, label });

  it('can be renamed, to a name that no other of its type has', async () => {
    await rename(' Old tablet ');
    expect(await names()).toEqual(['password', 'Phone', 'Old tablet']);
    await expect(rename('Phone')).rejects.toMatchObject({
      code: 'conflict',
      details: { message: 'Device already exists with the same name' },
    });
    await expect(rename('  ')).rejects.toMatchObject({
      code: 'invalid_request',
      details: { message: 'missingCredentialLabel' },
    });
    const [password] = await has();
    await rename('Phone', password!.id);
    await expect(rename('x', randomUUID())).rejects.toMatchObject({ code: 'not_found' });
  });

  it('can be moved: the first of a type is the default one', async () => {
    const move = (credentialId: string, after?: string) =>
      service.bus.call(credentials.move, { ...ann.who, credentialId, after });
    await move(tablet);
    expect(await names()).toEqual(['Tablet', 'password', 'Phone']);
    await move(tablet, phone);
    expect(await names()).toEqual(['password', 'Phone', 'Tablet']);
    await move(phone, phone);
    expect(await names()).toEqual(['password', 'Phone', 'Tablet']);
    await expect(move(phone, randomUUID())).rejects.toMatchObject({ code: 'not_found' });
    await expect(move(randomUUID())).rejects.toMatchObject({
      code: 'not_found',
      details: { message: 'Credential not found' },
    });
  });

  it('can be removed, once, which is told', async () => {
    const by = { realmId: randomUUID(), clientId: 'admin-cli', userId: randomUUID() };
    const remove = () => service.bus.call(credentials.remove, { by, ...ann.who, credentialId: phone });
    await remove();
    expect(await names()).toEqual(['password', 'Tablet']);
    expect((await service.told()).slice(-2)).toMatchObject([
      {
        type: 'credential.removed',
        data: { userId: ann.userId, credentialId: phone, credentialType: 'otp' },
      },
      {
        type: 'admin',
        data: {
          operationType: 'DELETE',
          resourceType: 'USER',
          resourcePath: `users/${ann.userId}/credentials/${phone}`,
          authDetails: by,
        },
      },
    ]);
    const told = (await service.told()).length;
    await expect(remove()).rejects.toMatchObject({
      code: 'not_found',
      details: { message: 'Credential not found' },
    });
    expect(await service.told()).toHaveLength(told);
  });

  it('of somebody else cannot be touched', async () => {
    const bob = new Visitor(service.bus, ann.realmId);
    for (const question of [credentials.remove, credentials.move]) {
      const asked = service.bus.call(question, { ...bob.who, credentialId: phone });
      await expect(asked).rejects.toMatchObject({ code: 'not_found' });
    }
    expect(await names()).toEqual(['password', 'Phone', 'Tablet']);
  });
});

describe('users and realms that are no more', () => {
  const TABLES = ['credential', 'pending_otp', 'password_history', 'failure_budget', 'policy'];
  const rowsOf = async (column: 'user_id' | 'realm_id', id: string) => {
    const tables = TABLES.filter((table) => column === 'realm_id' || table !== 'policy');
    const counts = await Promise.all(
      tables.map((table) => service.db.query<unknown[]>(`select from ${table} where ${column} = $1`, [id])),
    );
    return counts.flat().length;
  };
  const event = {
    specversion: '1.0',
    source: 'tumbler/users',
    time: '',
    datacontenttype: 'application/json',
  } as const;
  const userRemoved = ({ realmId, userId }: Visitor): CloudEvent => ({
    ...event,
    id: randomUUID(),
    type: 'user.removed',
    realmid: realmId,
    data: { userId },
  });

  it('leave nothing behind, and others lose nothing', async () => {
    const bob = await userWithEverything(ann.realmId);
    await ann.begin();
    await ann.verify('no code');
    await service.get(Erasures).usersWent([userRemoved(ann), userRemoved(ann)]);
    expect(await rowsOf('user_id', ann.userId)).toBe(0);
    expect(await has(bob)).toHaveLength(3);
    await service.bus.call(credentials.eraseUser, bob.who);
    await service.bus.call(credentials.eraseUser, bob.who);
    expect(await rowsOf('user_id', bob.userId)).toBe(0);
  });

  it('are forgotten with the realm', async () => {
    const { realmId } = ann;
    await service.bus.call(credentials.setPolicies, { realmId, settings: { failureFactor: 5 } });
    const gone: CloudEvent = {
      ...event,
      id: '1',
      type: 'realm.removed',
      realmid: realmId,
      data: { name: 'acme' },
    };
    await service.get(Erasures).realmsWent([gone]);
    expect(await rowsOf('realm_id', realmId)).toBe(0);
  });

  it('are not those that were only disabled or renamed', async () => {
    const { realmId, userId } = ann;
    const disabled: CloudEvent = {
      ...event,
      id: '1',
      type: 'user.disabled',
      realmid: realmId,
      data: { userId },
    };
    const changed: CloudEvent = {
      ...event,
      id: '2',
      type: 'realm.changed',
      realmid: realmId,
      data: { name: 'x' },
    };
    await service.get(Erasures).usersWent([disabled]);
    await service.get(Erasures).realmsWent([changed]);
    expect(await has()).toHaveLength(3);
  });
});
