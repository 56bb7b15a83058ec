import { randomUUID } from 'node:crypto';
import { credentials, type SetPassword } from '@tumbler/contract-credentials';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { testCredentials, type TestCredentials } from '../testing/test-credentials.js';

let service: TestCredentials;
let who: { realmId: string; userId: string };
beforeAll(async () => void (service = await testCredentials()));
afterAll(() => service.close());
beforeEach(() => void (who = { realmId: randomUUID(), userId: randomUUID() }));

const set = (password: string, more: Partial<SetPassword> = {}) =>
  service.bus.call(credentials.setPassword, { ...who, password, ...more });
const verdict = async (input: string) => {
  service.clock.advance(5);
  const asked = { ...who, type: 'password' as const, input, attempt: randomUUID() };
  return (await service.bus.call(credentials.verify, asked)).verdict;
};
const ok = {
  kind: 'ok',
  credential: { id: expect.any(String), type: 'password', setAt: expect.any(Number) },
};

describe('a new password', () => {
  it('takes the place of the old one', async () => {
    expect(await set('correct horse')).toEqual(ok);
    const [before] = await service.bus.call(credentials.list, who);
    expect(await set('battery staple')).toEqual(ok);
    expect(await verdict('correct horse')).toBe('wrong');
    expect(await verdict('battery staple')).toBe('ok');
    const after = await service.bus.call(credentials.list, who);
    expect(after.map(({ id }) => id)).toEqual([before!.id]);
  });

  it('is one, though two first ones arrive at once, and fits one of them', async () => {
    await Promise.all([set('correct horse'), set('battery staple')]);
    expect(await service.bus.call(credentials.has, who)).toHaveLength(1);
    expect([await verdict('correct horse'), await verdict('battery staple')].sort()).toEqual(['ok', 'wrong']);
  });

  it('that breaks a rule is refused with its key, and the old one stays', async () => {
    await set('correct horse', { username: 'ann' });
    expect(await set('short')).toEqual({
      kind: 'refused',
      key: 'invalidPasswordMinLengthMessage',
      params: [8],
    });
    expect(await set('Annabelle', { username: 'annabelle' })).toMatchObject({
      key: 'invalidPasswordNotUsernameMessage',
    });
    expect(await set('password')).toMatchObject({ key: 'invalidPasswordBlacklistedMessage' });
    expect(await set('x'.repeat(257))).toMatchObject({
      key: 'invalidPasswordMaxLengthMessage',
      params: [256],
    });
    expect(await verdict('correct horse')).toBe('ok');
  });

  it('is told of, by an administrator also for the audit log, and never what it is', async () => {
    const by = { realmId: randomUUID(), clientId: 'admin-cli', userId: randomUUID() };
    await set('correct horse');
    await set('battery staple', { by });
    const told = (await service.told()).filter(({ realmid }) => realmid === who.realmId);
    expect(told.map(({ type }) => type)).toEqual(['credential.created', 'credential.created', 'admin']);
    expect(told.at(-1)!.data).toEqual({
      operationType: 'ACTION',
      resourceType: 'USER',
      resourcePath: `users/${who.userId}/reset-password`,
      authDetails: by,
    });
    expect(JSON.stringify(told)).not.toMatch(/horse|staple/);
  });
});

describe('a history of passwords', () => {
  const history = (passwordPolicy: string) =>
    service.bus.call(credentials.setPolicies, { realmId: who.realmId, settings: { passwordPolicy } });
  const refused = { kind: 'refused', key: 'invalidPasswordHistoryMessage', params: [3] };

  it('keeps the last ones from coming again, the present one among them', async () => {
    await history('passwordHistory(3)');
    for (const password of ['first one', 'second one', 'third one']) {
      expect(await set(password)).toEqual(ok);
      service.clock.advance(1);
    }
    for (const password of ['first one', 'second one', 'third one'])
      expect(await set(password)).toEqual(refused);
    expect(await set('fourth one')).toEqual(ok);
    expect(await set('first one')).toEqual(ok);
  });

  it('is forgotten where the realm wants none any more', async () => {
    await history('passwordHistory(3)');
    await set('first one');
    await set('second one');
    await history('length(8)');
    await set('third one');
    expect(await service.db.query('select from password_history where user_id = $1', [who.userId])).toEqual(
      [],
    );
  });
});
