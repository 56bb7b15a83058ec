import 'reflect-metadata';
import { flows, type Granted, type LoginRealm } from '@tumbler/contract-flows';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { CODE } from '../testing/neighbours.js';
import { World } from '../testing/world.js';

let world: World;
let realm: LoginRealm;
beforeAll(async () => void (world = await World.open()));
beforeEach(() => void (realm = world.realm()));
afterAll(() => world.close());

const grant = (fields: Record<string, string>): Promise<Granted> =>
  world.bus.call(flows.grant, {
    realm,
    clientId: 'admin-cli',
    visitor: { address: '192.0.2.7' },
    fields,
  });
const refused = (status: number, description: string) => ({
  kind: 'refused',
  error: 'invalid_grant',
  description,
  status,
});
const WRONG = refused(401, 'Invalid user credentials');

describe('a token for name and password (keycloak.md §8.2)', () => {
  it('takes two calls, and tells of a login', async () => {
    const { user } = world.neighbours.person('ann');
    const before = world.bus.calls.length;
    const granted = await grant({ username: 'ann', password: 'ann-password' });
    expect(world.bus.calls.slice(before + 1)).toEqual(['users.identify', 'credentials.verify']);
    expect(granted).toMatchObject({
      kind: 'done',
      finished: { userId: user.id, username: 'ann', clientId: 'admin-cli', amr: ['pwd'] },
    });
    const { sessionId } = granted as { sessionId: string };
    expect(await world.told(realm.id)).toMatchObject([
      {
        type: 'LOGIN',
        data: { sessionId, userId: user.id, details: { grant_type: 'password', username: 'ann' } },
      },
    ]);
  });

  it('is refused alike, and after the same calls, for a wrong password and an unknown name', async () => {
    world.neighbours.person('bob');
    const ask = async (username: string) => {
      const before = world.bus.calls.length;
      expect(await grant({ username, password: 'wrong' })).toEqual(WRONG);
      return world.bus.calls.slice(before + 1);
    };
    expect(await ask('bob')).toEqual(await ask('nobody'));
    expect(await world.toldTypes(realm.id)).toEqual([
      'LOGIN_ERROR invalid_user_credentials',
      'LOGIN_ERROR user_not_found',
    ]);
  });

  it('is refused where anything is missing', async () => {
    world.neighbours.person('cleo');
    const incomplete: Record<string, string>[] = [
      {},
      { username: 'cleo' },
      { username: 'cleo', password: '' },
      { password: 'x' },
    ];
    for (const fields of incomplete) expect(await grant(fields)).toEqual(WRONG);
  });

  it('tells that an account is disabled only to who has its password', async () => {
    world.neighbours.person('dora', { enabled: false });
    expect(await grant({ username: 'dora', password: 'wrong' })).toEqual(WRONG);
    expect(await grant({ username: 'dora', password: 'dora-password' })).toEqual(
      refused(400, 'Account disabled'),
    );
  });

  it('asks for the code of those who have a device, as `totp` or as `otp` (gotcha 8)', async () => {
    for (const name of ['totp', 'otp']) {
      world.neighbours.personWithOtp(`eve-${name}`);
      const proof = { username: `eve-${name}`, password: `eve-${name}-password` };
      expect(await grant(proof)).toEqual(WRONG);
      expect(await grant({ ...proof, [name]: '000000' })).toEqual(WRONG);
      expect(await grant({ ...proof, [name]: CODE })).toMatchObject({
        kind: 'done',
        finished: { amr: ['pwd', 'otp', 'mfa'] },
      });
      expect(await grant({ ...proof, [name]: CODE })).toEqual(WRONG);
    }
  });

  it('is no way around a required action', async () => {
    world.neighbours.person('finn', { requiredActions: ['CONFIGURE_TOTP'] });
    expect(await grant({ username: 'finn', password: 'finn-password' })).toEqual(
      refused(400, 'Account is not fully set up'),
    );
    expect(await world.toldTypes(realm.id)).toEqual(['LOGIN_ERROR resolve_required_actions']);
  });

  it('begins no enrolment, and leaves no login behind with which somebody could go on', async () => {
    expect(world.bus.calls).not.toContain('credentials.beginOtp');
    const open = 'select 1 from login where ended_at is null or finished is not null';
    expect(await world.db.query(open)).toEqual([]);
  });

  it('is refused by a flow that would have to show a page', async () => {
    world.neighbours.person('gil');
    await world.bus.call(flows.setBindings, { realmId: realm.id, settings: { directGrantFlow: 'browser' } });
    expect(await grant({ username: 'gil', password: 'gil-password' })).toEqual(WRONG);
  });
});
