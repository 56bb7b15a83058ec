import 'reflect-metadata';
import { randomUUID } from 'node:crypto';
import { flows, type LoginRealm } from '@tumbler/contract-flows';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { World } from '../testing/world.js';

let world: World;
let realm: LoginRealm;
beforeAll(async () => void (world = await World.open()));
beforeEach(() => void (realm = world.realm()));
afterAll(() => world.close());

const by = { realmId: randomUUID(), clientId: 'admin-cli', userId: randomUUID(), ipAddress: '192.0.2.7' };
const impersonate = (userId: string) =>
  world.bus.call(flows.impersonate, {
    ...{ by, impersonator: 'root', impersonatorRealm: 'master', realmId: realm.id, userId },
  });

describe('an administrator who comes as a user', () => {
  it('is told to the audit log by name, and proved nothing', async () => {
    const { user } = world.neighbours.person('ann', { notBefore: 1000 });
    const { sessionId, finished } = await impersonate(user.id);
    expect(finished).toEqual({
      ...{ userId: user.id, username: 'ann', clientId: 'admin-cli', authTime: 1000, amr: [] },
      rememberMe: false,
    });
    expect(await world.told(realm.id)).toMatchObject([
      {
        type: 'IMPERSONATE',
        subject: user.id,
        data: {
          ...{ sessionId, userId: user.id, ipAddress: '192.0.2.7' },
          details: { username: 'ann', impersonator: 'root', impersonator_realm: 'master' },
        },
      },
    ]);
  });

  it('cannot come as somebody who is switched off, or who is not there', async () => {
    const { user } = world.neighbours.person('bob', { enabled: false });
    await expect(impersonate(user.id)).rejects.toMatchObject({ code: 'invalid_request' });
    await expect(impersonate(randomUUID())).rejects.toMatchObject({ code: 'not_found' });
    expect(await world.told(realm.id)).toEqual([]);
  });

  it('does not do what the user has to do: a password or an app of theirs would stay', async () => {
    const { user } = world.neighbours.person('cid', { requiredActions: ['CONFIGURE_TOTP'] });
    await expect(impersonate(user.id)).rejects.toMatchObject({
      details: { message: 'User has required actions to do first: CONFIGURE_TOTP' },
    });
  });
});
