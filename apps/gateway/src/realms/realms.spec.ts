import { users, type Realm } from '@tumbler/contract-users';
import { AppError } from '@tumbler/errors';
import { Outbox } from '@tumbler/events';
import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { testRealm } from '../testing/stub-services.js';
import { testGateway, type TestGateway } from '../testing/test-gateway.js';
import { Realms } from './realms.js';

describe('realms by name', () => {
  let gateway: TestGateway;
  let realms: Realms;
  let realm: Realm;
  beforeAll(async () => {
    gateway = await testGateway();
    realms = gateway.app.get(Realms);
  });
  afterAll(() => gateway.close());
  beforeEach(() => {
    realms.forget();
    realm = testRealm({ name: 'demo' });
    gateway.bus.stub(users.findRealm, ({ name }) => (name === 'demo' ? realm : null));
    gateway.bus.calls.length = 0;
  });
  const asked = () => gateway.bus.calls.filter((subject) => subject === 'users.findRealm').length;

  it('are asked for once in five seconds, however many requests want them', async () => {
    await Promise.all(Array.from({ length: 20 }, () => realms.byName('demo')));
    expect(asked()).toBe(1);
    gateway.clock.advance(5);
    await realms.byName('demo');
    expect(asked()).toBe(2);
  });

  it('that are not there are an error, and are not asked for each time either', async () => {
    for (let time = 0; time < 3; time++) {
      await expect(realms.byName('nowhere')).rejects.toMatchObject({ code: 'realm_not_found' });
    }
    expect(asked()).toBe(1);
  });

  it('are asked for again after a failure', async () => {
    gateway.bus.stub(users.findRealm, () => {
      throw new AppError('service_unavailable');
    });
    await expect(realms.byName('demo')).rejects.toMatchObject({ code: 'service_unavailable' });
    gateway.bus.stub(users.findRealm, () => realm);
    expect(await realms.byName('demo')).toMatchObject({ id: realm.id });
  });

  it('that are switched off let nobody in', async () => {
    realm.enabled = false;
    await expect(realms.enabledByName('demo')).rejects.toMatchObject({ code: 'forbidden' });
  });

  it('are forgotten by every instance as soon as a change is heard of', async () => {
    await realms.byName('demo');
    realm = { ...realm, displayName: 'Renamed' };
    await gateway.app
      .get(Outbox)
      .tell({ type: 'realm.changed', realmId: realm.id, subject: realm.id, data: { name: 'demo' } });
    await vi.waitFor(async () =>
      expect(await realms.byName('demo')).toMatchObject({ displayName: 'Renamed' }),
    );
  });
});
