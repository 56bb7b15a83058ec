import { randomUUID } from 'node:crypto';
import type { LocalBus } from '@tumbler/bus';
import { flows, type Granted } from '@tumbler/contract-flows';
import {
  users,
  type Administrator,
  type AdminRight,
  type LoginUser,
  type Realm,
} from '@tumbler/contract-users';
import { ann, testRealm } from './stub-services.js';

export const PASSWORD = 'Tumblers-align-7';

/** Two realms with an administrator and users in them, as the services behind the gateway would tell of them. */
export class StubPeople {
  readonly realms = [
    testRealm({ name: 'master', displayName: undefined, accessTokenLifespan: 60 }),
    testRealm({ name: 'acme', displayName: undefined }),
  ];
  readonly people = new Map<string, LoginUser & { realmId: string }>();
  readonly admin: LoginUser;
  /** What people administer besides what the role `admin` of master lets them: realm by name, and rights. */
  readonly rights = new Map<string, Record<string, AdminRight[]>>();

  constructor(
    private readonly bus: LocalBus,
    private readonly now: () => Date,
  ) {
    this.admin = this.add('master', 'admin', { roles: ['admin'] });
    this.tellAlso(bus);
  }

  /** On the bus of another gateway. */
  tellAlso(bus: LocalBus): void {
    bus.stub(users.findRealm, ({ name }) => this.realms.find((realm) => realm.name === name) ?? null);
    bus.stub(users.get, ({ realmId, userId }) => ({ user: this.find(realmId, userId), actions: [] }));
    bus.stub(users.administrator, ({ realmId, userId, over }) => this.administrator(realmId, userId, over));
    bus.stub(users.managementClients, ({ realmId }) => this.managementClients(realmId));
    bus.stub(users.giveAccountRoles, () => ({ given: [] }));
    this.answerGrants(bus);
  }

  /** The flow that direct grants take: a name and a password. */
  answerGrants(bus = this.bus): void {
    bus.stub(flows.grant, ({ realm, clientId, fields }): Granted => {
      const user = [...this.people.values()].find(
        (person) => person.realmId === realm.id && person.username === fields.username,
      );
      if (!user || fields.password !== PASSWORD) {
        const description = 'Invalid user credentials';
        return { kind: 'refused', error: 'invalid_grant', description, status: 401 };
      }
      const authTime = Math.floor(this.now().getTime() / 1000);
      const { id: userId, username } = user;
      const finished = { userId, username, clientId, authTime, amr: ['pwd'], rememberMe: false };
      return { kind: 'done', sessionId: randomUUID(), finished };
    });
  }

  realm(name: string): Realm {
    return this.realms.find((realm) => realm.name === name)!;
  }

  add(realm: string, username: string, changes: Partial<LoginUser> = {}): LoginUser {
    const user = ann({ id: randomUUID(), username, email: `${username}@example.org`, ...changes });
    this.people.set(user.id, { ...user, realmId: this.realm(realm).id });
    return user;
  }

  change(userId: string, changes: Partial<LoginUser>): void {
    Object.assign(this.people.get(userId)!, changes);
  }

  private administrator(realmId: string, userId: string, over = userId): Administrator | null {
    const user = this.find(realmId, userId);
    if (!user) return null;
    const everywhere = realmId === this.realm('master').id && user.roles.includes('admin');
    const { username, enabled, notBefore } = user;
    const rights = this.rights.get(userId) ?? {};
    const covers = everywhere || over === userId || !this.rights.has(over);
    return { username, enabled, notBefore, everywhere, createsRealms: everywhere, rights, covers };
  }

  private managementClients(realmId: string) {
    const realm = this.realms.find(({ id }) => id === realmId);
    if (!realm) return [];
    const client = (home: Realm, name: string) => ({ id: ofRealm(realm, home), realmId: home.id, name });
    const master = this.realm('master');
    if (realm === master) return [client(master, 'master-realm')];
    return [client(realm, 'realm-management'), client(master, `${realm.name}-realm`)];
  }

  private find(realmId: string, userId: string): LoginUser | null {
    const person = this.people.get(userId);
    return person?.realmId === realmId ? person : null;
  }
}

/** The id of the client in `home` that manages a realm. */
const ofRealm = (realm: Realm, home: Realm): string =>
  [realm.id.slice(0, 18), realm === home ? '-a' : '-b', realm.id.slice(20)].join('');
