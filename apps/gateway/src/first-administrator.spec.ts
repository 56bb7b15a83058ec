import { LocalBus } from '@tumbler/bus';
import { credentials, type PasswordSet } from '@tumbler/contract-credentials';
import { users, type Realm } from '@tumbler/contract-users';
import { conflict, AppError } from '@tumbler/errors';
import { beforeEach, describe, expect, it } from 'vitest';
import { GatewayConfig } from './config.js';
import { FirstAdministrator, firstUserId } from './first-administrator.js';
import { ann, testRealm } from './testing/stub-services.js';

interface Person {
  id: string;
  username: string;
  attributes: Record<string, string[]>;
  roles: string[];
}

/** What users and credentials remember, and the step at which a start breaks off. */
class World {
  realm: Realm | null = null;
  readonly people: Person[] = [];
  readonly passwords = new Map<string, string>();
  breaksAt?: string;
  readonly bus = new LocalBus();

  constructor() {
    this.bus
      .stub(users.findRealm, () => this.realm)
      .stub(users.createRealm, ({ name }) => {
        this.step('createRealm');
        if (this.realm) throw conflict(`Realm ${name} already exists`);
        return (this.realm = testRealm({ name }));
      })
      .stub(users.identify, ({ name }) => {
        const found = this.people.find(({ username }) => username === name);
        return { user: found ? ann(found) : null, actions: [] };
      })
      .stub(users.view, ({ userId }) => {
        const found = this.people.find(({ id }) => id === userId);
        if (!found) return null;
        return { ...ann(found), createdTimestamp: 0, requiredActions: [], notBefore: 0 };
      })
      .stub(credentials.setPassword, ({ userId, password }): PasswordSet => {
        this.step('setPassword');
        if (password.length < 8)
          return { kind: 'refused', key: 'invalidPasswordMinLengthMessage', params: [8] };
        this.passwords.set(userId, password);
        return { kind: 'ok' };
      })
      .stub(users.create, ({ userId, fields }) => {
        this.step('create');
        const { username = '', attributes = {} } = fields;
        if (this.people.some((each) => each.username === username))
          throw conflict('User exists with same username');
        this.people.push({ id: userId!, username, attributes, roles: [] });
        return { id: userId! };
      })
      .stub(users.grantRealmRoles, ({ userId, roles }) => {
        this.step('grant');
        this.people.find(({ id }) => id === userId)?.roles.push(...roles);
        return {};
      })
      .stub(users.update, ({ userId, fields }) => {
        this.step('update');
        const found = this.people.find(({ id }) => id === userId)!;
        Object.assign(found, fields);
        return { ...ann(found), createdTimestamp: 0, requiredActions: [], notBefore: 0 };
      });
  }

  start(password = 'opensesame'): Promise<void> {
    const config = Object.assign(new GatewayConfig(), { TUMBLER_ADMIN_PASSWORD: password });
    return new FirstAdministrator(this.bus, config).ensure();
  }

  private step(name: string): void {
    if (this.breaksAt === name) throw new AppError('service_unavailable');
  }
}

describe('the first administrator', () => {
  let world: World;
  beforeEach(() => {
    world = new World();
  });

  it('is made at the first start, with the master realm', async () => {
    await world.start();
    expect(world.realm?.name).toBe('master');
    expect(world.people).toEqual([
      { id: firstUserId(world.realm!.id), username: 'admin', attributes: {}, roles: ['admin'] },
    ]);
    expect([...world.passwords.values()]).toEqual(['opensesame']);
  });

  it('is not made where no password is configured (ASVS 6.3.2)', async () => {
    await world.start('');
    expect(world.realm?.name).toBe('master');
    expect(world.people).toEqual([]);
  });

  it('is left alone at every later start', async () => {
    await world.start();
    world.people[0]!.roles = [];
    await world.start('another password');
    expect(world.people[0]!.roles).toEqual([]);
    expect([...world.passwords.values()]).toEqual(['opensesame']);
  });

  it('keeps the password when it has another name today', async () => {
    await world.start();
    world.people[0]!.username = 'root';
    await world.start('another password');
    expect(world.people).toHaveLength(1);
    expect([...world.passwords.values()]).toEqual(['opensesame']);
  });

  it('never takes over a user of that name whom somebody else made', async () => {
    world.realm = testRealm({ name: 'master' });
    world.people.push({ id: ann().id, username: 'admin', attributes: {}, roles: [] });
    await world.start();
    expect(world.people).toMatchObject([{ id: ann().id, roles: [] }]);
    expect(world.passwords.size).toBe(0);
  });

  it('is finished by the next start when one broke off, wherever that was', async () => {
    for (const place of ['createRealm', 'setPassword', 'create', 'grant', 'update']) {
      world = new World();
      world.breaksAt = place;
      await expect(world.start(), place).rejects.toThrow();
      world.breaksAt = undefined;
      await world.start();
      expect(world.people, place).toMatchObject([{ username: 'admin', attributes: {} }]);
      expect(world.people[0]!.roles, place).toContain('admin');
    }
  });

  it('is not made with a password that breaks the policy, and the variable is named without its value', async () => {
    await expect(world.start('short')).rejects.toThrow(
      'TUMBLER_ADMIN_PASSWORD breaks the password policy (invalidPasswordMinLengthMessage 8): choose another one',
    );
    expect(world.people).toEqual([]);
  });

  it('is one when several gateways start at once', async () => {
    await Promise.allSettled(Array.from({ length: 4 }, () => world.start()));
    await world.start();
    expect(world.people).toHaveLength(1);
    expect(world.people[0]!.roles).toContain('admin');
  });

  it('has an id that is a UUID', () => {
    expect(firstUserId('x')).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-8[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
  });
});
