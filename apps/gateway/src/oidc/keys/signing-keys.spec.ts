import { randomUUID } from 'node:crypto';
import type { CloudEvent } from '@tumbler/contract-events';
import type { SigningAlgorithm } from '@tumbler/contract-users';
import { Keyring } from '@tumbler/sealing';
import { Subscriptions } from '@tumbler/service';
import { DataSource } from 'typeorm';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { testGateway, type TestGateway } from '../../testing/test-gateway.js';
import { LEAD } from './key-set.js';
import { SigningKeys, type KeyRealm } from './signing-keys.js';

const DAY = 24 * 3600;

describe('the signing keys of a realm', () => {
  let gateway: TestGateway;
  beforeAll(async () => void (gateway = await testGateway()));
  afterAll(() => gateway.close());

  const aRealm = (attributes: Record<string, string> = {}): KeyRealm => ({ id: randomUUID(), attributes });
  /** As another gateway sees them, with a memory of its own. */
  const elsewhere = () => {
    const { app, clock } = gateway;
    return new SigningKeys(app.get(DataSource), clock, app.get(Keyring), app.get(Subscriptions));
  };
  const rotate = (realm: KeyRealm, algorithms: SigningAlgorithm[] = ['RS256']) =>
    elsewhere().rotate(gateway.app.get(DataSource).manager, realm, algorithms);
  const kids = async (keys: SigningKeys, realm: KeyRealm, alg = 'RS256') =>
    (await keys.published(realm)).filter((key) => key.alg === alg).map(({ kid }) => kid);

  it('are one for each algorithm, however many gateways ask at once', async () => {
    const realm = aRealm();
    const keys = await Promise.all(Array.from({ length: 6 }, () => elsewhere().signing(realm, 'RS256', 60)));
    expect(new Set(keys.map(({ kid }) => kid)).size).toBe(1);
    const published = await elsewhere().published(realm);
    expect(published.map(({ alg }) => alg)).toEqual(['RS256', 'EdDSA', 'ES256']);
  });

  it('are known to a gateway that looked before another one made them', async () => {
    const realm = aRealm();
    const [one, other] = [elsewhere(), elsewhere()];
    expect(await other.verifying(realm, 'nothing')).toBeUndefined();
    await gateway.app.get(DataSource).query('delete from signing_key where realm_id = $1', [realm.id]);
    const { kid } = await one.signing(realm, 'EdDSA', 60);
    expect(await other.verifying(realm, kid)).toMatchObject({ algorithm: 'EdDSA' });
  });

  it('are published before they sign, and until nothing lives that they signed', async () => {
    const realm = aRealm();
    const keys = elsewhere();
    const old = await keys.signing(realm, 'RS256', 60);
    // A lifespan that is lowered afterwards leaves tokens behind that live longer.
    await keys.signing(realm, 'RS256', 7200);
    await rotate(realm);
    // Half a minute later at the latest, every gateway has seen it; no key has changed hands by then.
    gateway.clock.advance(31);
    const [first, second] = await kids(keys, realm);
    expect(first).toBe(old.kid);
    expect((await keys.signing(realm, 'RS256', 60)).kid).toBe(old.kid);
    expect(await keys.verifying(realm, second!)).toBeDefined();

    gateway.clock.advance(LEAD);
    expect((await keys.signing(realm, 'RS256', 60)).kid).toBe(second);
    expect(await kids(keys, realm)).toEqual([second, old.kid]);
    gateway.clock.advance(7200);
    expect(await keys.verifying(realm, old.kid)).toBeDefined();
    gateway.clock.advance(61);
    expect(await kids(keys, realm)).toEqual([second]);
    expect(await keys.verifying(realm, old.kid)).toBeUndefined();
    expect(await keys.recognizing(realm, old.kid)).toBeDefined();
    gateway.clock.advance(31 * DAY);
    expect(await keys.recognizing(realm, old.kid)).toBeUndefined();
  });

  it('have one successor, however often and wherever it is asked for', async () => {
    const realm = aRealm();
    await elsewhere().signing(realm, 'RS256', 60);
    await Promise.all(Array.from({ length: 4 }, () => rotate(realm)));
    await rotate(realm);
    expect(await kids(elsewhere(), realm)).toHaveLength(2);
  });

  it('are replaced by age, as the realm says', async () => {
    const [usual, often, never] = [{}, { days: '7' }, { days: '0' }].map(({ days }) =>
      aRealm(days ? { 'signing.key.rotation.days': days } : {}),
    );
    const count = async (realm: KeyRealm) => (await kids(elsewhere(), realm)).length;
    for (const realm of [usual!, often!, never!]) expect(await count(realm)).toBe(1);
    gateway.clock.advance(8 * DAY);
    expect([await count(usual!), await count(often!), await count(never!)]).toEqual([1, 2, 1]);
    gateway.clock.advance(83 * DAY);
    expect([await count(usual!), await count(never!)]).toEqual([2, 1]);
  });

  it('sign on at once when the one that signs is taken away', async () => {
    const realm = aRealm();
    const db = gateway.app.get(DataSource);
    const { kid } = await elsewhere().signing(realm, 'RS256', 60);
    await rotate(realm);
    const [, second] = await kids(elsewhere(), realm);
    expect(await elsewhere().remove(db.manager, realm, kid)).toBe(true);
    expect(await elsewhere().remove(db.manager, realm, kid)).toBe(false);
    expect((await elsewhere().signing(realm, 'RS256', 60)).kid).toBe(second);
    expect(await elsewhere().verifying(realm, kid)).toBeUndefined();
    await elsewhere().remove(db.manager, realm, second!);
    const third = (await elsewhere().signing(realm, 'RS256', 60)).kid;
    expect([kid, second]).not.toContain(third);

    await rotate(realm);
    gateway.clock.advance(LEAD);
    const fourth = (await elsewhere().signing(realm, 'RS256', 60)).kid;
    await elsewhere().remove(db.manager, realm, fourth);
    expect([third, fourth], 'the one before does not come back').not.toContain(
      (await elsewhere().signing(realm, 'RS256', 60)).kid,
    );
  });

  it('are no use to another realm', async () => {
    const [mine, theirs] = [aRealm(), aRealm()];
    const { kid } = await elsewhere().signing(theirs, 'RS256', 60);
    expect(await elsewhere().verifying(mine, kid)).toBeUndefined();
    expect(await elsewhere().remove(gateway.app.get(DataSource).manager, mine, kid)).toBe(false);
  });

  it('go with a realm that is removed, and stay with one that came back', async () => {
    const realm = aRealm();
    const keys = elsewhere();
    const { kid } = await keys.signing(realm, 'RS256', 60);
    const removed = (time: Date): CloudEvent => ({
      ...{ specversion: '1.0', id: randomUUID(), source: 'tumbler/users', type: 'realm.removed' },
      ...{ datacontenttype: 'application/json', realmid: realm.id, time: time.toISOString() },
      data: { name: 'gone' },
    });
    const before = gateway.clock.now();
    await keys.realmsWent([removed(before)]);
    gateway.clock.advance(1);
    expect(await keys.verifying(realm, kid)).toBeUndefined();
    const again = (await keys.signing(realm, 'RS256', 60)).kid;
    await keys.realmsWent([removed(before)]);
    expect(await keys.verifying(realm, again)).toBeDefined();
  });
});
