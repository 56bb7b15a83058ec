import { randomUUID } from 'node:crypto';
import type { Bus } from '@tumbler/bus';
import { users, type FoundUser, type Holder, type Realm, type UpdateAction } from '@tumbler/contract-users';
import { followClients } from '../roles/clients-heard.js';
import { by, type TestUsers } from './test-users.js';

/** A realm in which Ann has roles in each way there is, and an administrator who changes it. */
export class Shop {
  private constructor(
    private readonly service: TestUsers,
    readonly realm: Realm,
    readonly ann: string,
    readonly client: { id: string; name: string },
    readonly roles: Record<'staff' | 'reader' | 'seller' | 'member' | 'guest', string>,
    readonly groups: Record<'company' | 'team' | 'elsewhere', string>,
  ) {}

  /** Ann is staff, which brings along reader and the shop's seller, and in a team of the company, whose members are members. */
  static async open(service: TestUsers): Promise<Shop> {
    const realm = await service.realm();
    const realmId = realm.id;
    const client = { id: randomUUID(), name: 'shop' };
    const role = async (name: string, more: { client?: typeof client; parts?: string[] } = {}) =>
      (await service.bus.call(users.createRole, { by, realmId, fields: { name }, ...more })).id;
    const group = async (name: string, parentId?: string) =>
      (await service.bus.call(users.createGroup, { by, realmId, parentId, fields: { name } })).id;
    const [reader, seller] = [await role('reader'), await role('seller', { client })];
    const staff = await role('staff', { parts: [reader, seller] });
    const roles = { reader, seller, staff, member: await role('member'), guest: await role('guest') };
    const company = await group('company');
    const groups = { company, team: await group('team', company), elsewhere: await group('elsewhere') };
    const ann = await service.user(realm, { username: 'ann', requiredActions: ['UPDATE_PASSWORD'] });
    const shop = new Shop(service, realm, ann, client, roles, groups);
    await shop.grant(shop.toAnn, staff);
    await shop.grant({ kind: 'group', id: company }, roles.member);
    await shop.grant({ kind: 'group', id: groups.elsewhere }, roles.guest);
    await shop.join(groups.team);
    return shop;
  }

  get toAnn(): Holder {
    return { kind: 'user', id: this.ann };
  }

  get toTheCompany(): Holder {
    return { kind: 'group', id: this.groups.company };
  }

  /** What is said of Ann. */
  async ask(instance: Bus = this.service.bus) {
    return said(await instance.call(users.get, { realmId: this.realm.id, userId: this.ann }));
  }

  grant(holder: Holder, ...roles: string[]) {
    return this.service.bus.call(users.grantRoles, { by, realmId: this.realm.id, holder, roles });
  }

  revoke(holder: Holder, ...roles: string[]) {
    return this.service.bus.call(users.revokeRoles, { by, realmId: this.realm.id, holder, roles });
  }

  join(groupId: string, member = true, userId = this.ann) {
    const membership = { by, realmId: this.realm.id, userId, groupId, member };
    return this.service.bus.call(users.changeMembership, membership);
  }

  rename(roleId: string, name: string) {
    return this.service.bus.call(users.updateRole, { by, realmId: this.realm.id, roleId, fields: { name } });
  }

  updateAction(changes: Partial<UpdateAction>) {
    return this.service.bus.call(users.updateAction, {
      ...{ by, realmId: this.realm.id, alias: 'UPDATE_PASSWORD', priority: 57 },
      ...{ enabled: true, defaultAction: false },
      ...changes,
    });
  }

  /** The gateway tells of the client, which is called store from now on. */
  hear(type: 'client.changed' | 'client.removed') {
    return followClients(this.service.db, [
      {
        ...{ specversion: '1.0', id: randomUUID(), source: 'tumbler/gateway', type, realmid: this.realm.id },
        ...{ time: '2026-03-04T05:06:07Z', datacontenttype: 'application/json' },
        data: { id: this.client.id, clientId: 'store' },
      },
    ]);
  }
}

const OF_EVERYBODY = /^(default-roles-|offline_access$|uma_authorization$)/;

/** What a realm says of somebody, without what every user of every realm has. */
export function said({ user, actions }: FoundUser) {
  return {
    roles: user?.roles.filter((name) => !OF_EVERYBODY.test(name)),
    clientRoles: user?.clientRoles,
    todo: user?.requiredActions,
    faults: user?.profileFaults,
    actions: actions.map(({ alias }) => alias),
  };
}

export const ACTIONS = [
  ...['UPDATE_PROFILE', 'VERIFY_EMAIL', 'CONFIGURE_TOTP', 'UPDATE_PASSWORD', 'VERIFY_PROFILE'],
  ...['delete_credential', 'CONFIGURE_RECOVERY_AUTHN_CODES', 'update_user_locale'],
];

/** What is said of Ann on the first day. */
export const AT_FIRST: ReturnType<typeof said> = {
  roles: ['member', 'reader', 'staff'],
  clientRoles: { shop: ['seller'] },
  todo: ['UPDATE_PASSWORD'],
  faults: undefined,
  actions: ACTIONS,
};
