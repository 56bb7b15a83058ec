import { randomUUID } from 'node:crypto';
import { MASK, users, type RealmSettings } from '@tumbler/contract-users';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { by, TestUsers } from '../testing/test-users.js';
import { REALM_DEFAULTS } from './realm-defaults.js';

let service: TestUsers;

beforeAll(async () => void (service = await TestUsers.start()));
afterAll(() => service.close());

const find = (name: string) => service.bus.call(users.findRealm, { name });
const update = (realmId: string, settings: RealmSettings, name?: string) =>
  service.bus.call(users.updateRealm, { by, realmId, settings, name });
const remove = (realmId: string) => service.bus.call(users.removeRealm, { by, realmId });

describe('a new realm', () => {
  it('does what is written in code where nothing was set', async () => {
    const realm = await service.realm({ displayName: 'The Shop' }, 'shop');
    expect(realm).toEqual({ ...REALM_DEFAULTS, id: realm.id, name: 'shop', displayName: 'The Shop' });
    expect(await find('shop')).toEqual(realm);
    expect(await service.db.query('select settings from realm where id = $1', [realm.id])).toEqual([
      { settings: { displayName: 'The Shop' } },
    ]);
  });

  it('keeps the id that an import carries', async () => {
    const id = randomUUID();
    await service.bus.call(users.createRealm, { by, id, name: 'imported', settings: {} });
    expect((await find('imported'))?.id).toBe(id);
  });

  it('is told to whom it concerns, and to the audit log of the administrator', async () => {
    const realm = await service.realm({ rememberMe: true }, 'told');
    expect(await service.told(realm.id)).toMatchObject([{ type: 'realm.created', data: { name: 'told' } }]);
    expect((await service.told(by.realmId, 'admin')).at(-1)?.data).toEqual({
      operationType: 'CREATE',
      resourceType: 'REALM',
      resourcePath: 'told',
      representation: { id: realm.id, name: 'told', rememberMe: true },
      authDetails: by,
    });
  });

  it('that the system itself makes is told in the realm it made', async () => {
    const system = { realmId: 'system', clientId: 'system', userId: 'system' };
    const realm = await service.bus.call(users.createRealm, { by: system, name: 'first', settings: {} });
    expect((await service.told(realm.id)).map(({ type }) => type)).toEqual(['realm.created', 'admin']);
  });

  it('cannot have a name that is taken, and leaves nothing behind', async () => {
    await service.realm({}, 'taken');
    const roles = await service.db.query('select count(*) from role');
    await expect(service.realm({}, 'taken')).rejects.toMatchObject({
      code: 'conflict',
      details: { message: 'Realm taken already exists', field: 'name' },
    });
    expect(await service.db.query('select count(*) from role')).toEqual(roles);
  });

  it('made twice at once is made once; the others hear that the name is taken', async () => {
    const results = await Promise.allSettled(Array.from({ length: 6 }, () => service.realm({}, 'race')));
    expect(results.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
    for (const result of results) {
      if (result.status === 'rejected') expect(result.reason).toMatchObject({ code: 'conflict' });
    }
  });

  it.each([[''], ['..'], ['a/b'], ['a\0'], ['<b>']])('cannot be called %j', async (name) => {
    await expect(service.realm({}, name)).rejects.toMatchObject({
      code: 'invalid_request',
      details: { field: 'name' },
    });
  });

  it.each<[string, RealmSettings, string]>([
    ['an attribute that is not text', { attributes: { a: 1 } as never }, 'settings.attributes'],
    ['a NUL', { displayName: 'a\0b' }, 'settings.displayName'],
    ['half a character', { attributes: { a: '\ud800' } }, 'settings.attributes'],
    ['a lifespan of nothing', { accessTokenLifespan: 0 }, 'settings.accessTokenLifespan'],
    [
      'a lifespan that no clock counts to',
      { ssoSessionIdleTimeout: 2 ** 31 },
      'settings.ssoSessionIdleTimeout',
    ],
    ['less than no part in a session', { clientSessionMaxLifespan: -1 }, 'settings.clientSessionMaxLifespan'],
    ['a setting nobody knows', { brute: true } as never, 'settings.brute'],
  ])('cannot have %s', async (_, settings, field) => {
    await expect(service.realm(settings)).rejects.toMatchObject({
      code: 'invalid_request',
      details: { field },
    });
  });
});

describe('realms', () => {
  it('are listed by name', async () => {
    const names = (await service.bus.call(users.listRealms, {})).map(({ name }) => name);
    expect(names).toEqual([...names].sort());
    expect(names).toContain('shop');
  });

  it('that are not there are nothing, whatever was typed', async () => {
    expect(await find('nowhere')).toBeNull();
    expect(await find('sh\0op')).toBeNull();
  });
});

describe('a change of a realm', () => {
  it('keeps what was not sent', async () => {
    const { id } = await service.realm({ displayName: 'Before', rememberMe: true });
    expect(await update(id, { displayName: 'After', registrationAllowed: true })).toMatchObject({
      displayName: 'After',
      rememberMe: true,
      registrationAllowed: true,
    });
    expect(await update(id, { displayName: null } as never)).toMatchObject({ displayName: 'After' });
  });

  it('of two settings by two administrators at once keeps both', async () => {
    const { id, name } = await service.realm();
    await Promise.all([update(id, { rememberMe: true }), update(id, { verifyEmail: true })]);
    expect(await find(name)).toMatchObject({ rememberMe: true, verifyEmail: true });
  });

  it('may be of its name, and is told with the new one', async () => {
    const { id } = await service.realm({}, 'old-name');
    await update(id, {}, 'new-name');
    expect(await find('old-name')).toBeNull();
    expect((await find('new-name'))?.id).toBe(id);
    expect((await service.told(id)).slice(-2)).toMatchObject([
      { type: 'realm.changed', data: { name: 'new-name' } },
      { type: 'admin', data: { operationType: 'UPDATE', resourceType: 'REALM' } },
    ]);
  });

  it('cannot give it the name of another', async () => {
    const { id } = await service.realm();
    await service.realm({}, 'occupied');
    await expect(update(id, {}, 'occupied')).rejects.toMatchObject({
      code: 'conflict',
      details: { message: 'Realm occupied already exists' },
    });
  });

  it('of a realm that is not there is an error', async () => {
    await expect(update(randomUUID(), {})).rejects.toMatchObject({ code: 'realm_not_found' });
  });
});

describe('the password of the mail server', () => {
  const smtpServer = { host: 'mail.example', user: 'tumbler', password: 'hunter2' };
  const passwordOf = async (realmId: string) =>
    (await service.bus.call(users.mailSettings, { realmId })).smtpServer.password;

  it('is sealed: not in the answer, the database or an event', async () => {
    const { id } = await service.realm({ smtpServer });
    const realm = await update(id, { smtpServer });
    expect(realm.smtpServer).toEqual({ ...smtpServer, password: MASK });
    expect((await find(realm.name))?.smtpServer).toEqual(realm.smtpServer);
    const everything = await service.db.query(
      'select (select json_agg(realm) from realm), (select json_agg(outbox) from outbox)',
    );
    expect(JSON.stringify(everything)).not.toContain('hunter2');
    expect(JSON.stringify(everything)).not.toContain(Buffer.from('hunter2').toString('hex'));
    expect(await service.bus.call(users.mailSettings, { realmId: id })).toEqual({ smtpServer });
  });

  it('stays where its mask comes back or nothing is said of it, and goes where it is left out', async () => {
    const realm = await service.realm({ smtpServer });
    await update(realm.id, { smtpServer: { ...realm.smtpServer, from: 'a@example.org' } });
    await update(realm.id, { displayName: 'x' });
    expect(await passwordOf(realm.id)).toBe('hunter2');
    const { smtpServer: left } = await update(realm.id, { smtpServer: { host: 'mail.example' } });
    expect(left).toEqual({ host: 'mail.example' });
    expect(await passwordOf(realm.id)).toBeUndefined();
  });

  it('is not sent to another server by who was only shown its mask', async () => {
    const realm = await service.realm({ smtpServer });
    await update(realm.id, { smtpServer: { ...smtpServer, host: 'evil.example', password: MASK } });
    expect(await passwordOf(realm.id)).toBeUndefined();
  });

  it('opens in its own realm only', async () => {
    const [one, other] = [await service.realm({ smtpServer }), await service.realm({ smtpServer })];
    await service.db.query(
      `update realm r set mail_password = o.mail_password from realm o where r.id = $1 and o.id = $2`,
      [other.id, one.id],
    );
    await expect(passwordOf(other.id)).rejects.toMatchObject({ code: 'internal' });
  });

  it('of a realm that is not there is an error', async () => {
    await expect(passwordOf(randomUUID())).rejects.toMatchObject({ code: 'realm_not_found' });
  });
});

describe('e-mail addresses that two users may share', () => {
  it('switch off what needs an address to mean one user', async () => {
    const realm = await service.realm({ duplicateEmailsAllowed: true, registrationEmailAsUsername: true });
    expect(realm).toMatchObject({ loginWithEmailAllowed: false, registrationEmailAsUsername: false });
    expect(await update(realm.id, { duplicateEmailsAllowed: false })).toMatchObject({
      loginWithEmailAllowed: true,
    });
  });

  it('are not forbidden while two users do share one', async () => {
    const realm = await service.realm({ duplicateEmailsAllowed: true });
    await service.user(realm, { username: 'ann', email: 'both@example.org' });
    const bob = await service.user(realm, { username: 'bob', email: 'both@example.org' });
    await expect(update(realm.id, { duplicateEmailsAllowed: false })).rejects.toMatchObject({
      code: 'conflict',
      details: { field: 'duplicateEmailsAllowed' },
    });
    expect(await find(realm.name)).toMatchObject({ duplicateEmailsAllowed: true });
    await service.bus.call(users.remove, { by, realmId: realm.id, userId: bob });
    await update(realm.id, { duplicateEmailsAllowed: false });
    await expect(service.user(realm, { username: 'bob', email: 'both@example.org' })).rejects.toMatchObject({
      details: { message: 'User exists with same email' },
    });
  });

  it('are never shared after they were forbidden, however the two meet', async () => {
    for (let round = 0; round < 10; round++) {
      const realm = await service.realm({ duplicateEmailsAllowed: true });
      await service.user(realm, { username: 'ann', email: 'both@example.org' });
      const results = await Promise.allSettled([
        update(realm.id, { duplicateEmailsAllowed: false }),
        service.user(realm, { username: 'bob', email: 'both@example.org' }),
      ]);
      const refused = results.filter((result) => result.status === 'rejected');
      expect(refused.map(({ reason }: { reason: unknown }) => reason)).toMatchObject([{ code: 'conflict' }]);
    }
  });

  it('are refused to a user who was begun while they were being forbidden', async () => {
    const realm = await service.realm({ duplicateEmailsAllowed: true });
    await service.user(realm, { username: 'ann', email: 'both@example.org' });
    const made = await service.db.transaction(async (tx) => {
      await tx.query(
        `update realm set emails_unique = true, settings = '{"duplicateEmailsAllowed":false}' where id = $1`,
        [realm.id],
      );
      const making = service.user(realm, { username: 'bob', email: 'both@example.org' });
      const settled = making.catch((error: unknown) => error);
      await vi.waitFor(async () => {
        const waiting = await service.db.query(
          `select from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'`,
        );
        expect(waiting).toHaveLength(1);
      });
      return { settled };
    });
    expect(await made.settled).toMatchObject({
      code: 'conflict',
      details: { message: 'User exists with same email' },
    });
  });
});

describe('a realm that is removed', () => {
  it('takes everything that was its own along and leaves the others', async () => {
    const realm = await service.realm();
    const other = await service.realm();
    for (const of of [realm, other]) await service.user(of, { username: 'ann' });
    await remove(realm.id);
    const left = await service.db.query(
      `select (select count(*)::int from realm_user where realm_id = $1) as users,
         (select count(*)::int from role where realm_id = $1) as roles,
         (select count(*)::int from required_action where realm_id = $1) as actions,
         (select count(*)::int from user_role where role_id not in (select id from role)) as held,
         (select count(*)::int from realm_user where realm_id = $2) as others`,
      [realm.id, other.id],
    );
    expect(left).toEqual([{ users: 0, roles: 0, actions: 0, held: 0, others: 1 }]);
    expect(await service.told(realm.id, 'realm.removed')).toMatchObject([{ data: { name: realm.name } }]);
    expect((await service.told(by.realmId, 'admin')).at(-1)?.data).toMatchObject({
      operationType: 'DELETE',
      resourceType: 'REALM',
      resourcePath: realm.name,
    });
    await expect(remove(realm.id)).rejects.toMatchObject({ code: 'realm_not_found' });
  });

  it('is removed once by two who ask at the same time: the later one waits, and is told that it is not there', async () => {
    const realm = await service.realm();
    let asked: Promise<unknown>[] = [];
    await service.db.transaction(async (tx) => {
      await tx.query('select from realm where id = $1 for update', [realm.id]);
      asked = [remove(realm.id), remove(realm.id)];
      await vi.waitFor(async () => {
        const waiting = `select from pg_stat_activity
          where datname = current_database() and wait_event_type = 'Lock' and query like 'delete from realm %'`;
        expect(await service.db.query(waiting)).toHaveLength(2);
      });
    });
    const outcomes = await Promise.allSettled(asked);
    expect(outcomes.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
    expect(outcomes.find(({ status }) => status === 'rejected')).toMatchObject({
      reason: { code: 'realm_not_found' },
    });
    expect(await service.told(realm.id, 'realm.removed')).toHaveLength(1);
  });

  it('is not the master realm, under whatever name', async () => {
    const master = await service.realm({}, 'master');
    await expect(remove(master.id)).rejects.toMatchObject({ code: 'invalid_request' });
    await expect(update(master.id, {}, 'slave')).rejects.toMatchObject({ code: 'invalid_request' });
    expect(await update(master.id, { displayName: 'Tumbler' }, 'master')).toMatchObject({ name: 'master' });
  });
});
