import { randomUUID } from 'node:crypto';
import { ACCOUNT_ROLES, users } from '@tumbler/contract-users';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { by, TestUsers } from '../testing/test-users.js';

let service: TestUsers;
beforeAll(async () => void (service = await TestUsers.start()));
afterAll(() => service.close());

const ALL = ACCOUNT_ROLES.map(({ name }) => name);
const EVERYONES = ['manage-account', 'manage-account-links', 'view-profile'];

const give = async (realmId: string, clientId: string) =>
  (await service.bus.call(users.giveAccountRoles, { realmId, clientId })).given;
const rolesOf = async (realmId: string, userId: string) =>
  (await service.bus.call(users.get, { realmId, userId })).user?.clientRoles?.account;
const roleNames = async (realmId: string, clientId: string) =>
  (await service.bus.call(users.listRoles, { realmId, clientId })).map(({ name }) => name);

describe('the roles of the account', () => {
  it('are all there, and everybody has what lets them see and change what is theirs, who was there before too', async () => {
    const { id: realmId } = await service.realm();
    const before = await service.bus.call(users.create, { by, realmId, fields: { username: 'before' } });
    const clientId = randomUUID();
    expect(await give(realmId, clientId)).toEqual(ALL);
    const after = await service.bus.call(users.create, { by, realmId, fields: { username: 'after' } });
    expect(await roleNames(realmId, clientId)).toEqual(ALL.toSorted());
    for (const { id } of [before, after]) expect((await rolesOf(realmId, id))?.toSorted()).toEqual(EVERYONES);
    const role = await service.bus.call(users.findRole, { realmId, clientId, name: 'manage-consent' });
    expect(role).toMatchObject({ description: '${role_manage-consent}', composite: true });
  });

  it('are given once: what an administrator takes away stays away', async () => {
    const { id: realmId } = await service.realm();
    const clientId = randomUUID();
    await give(realmId, clientId);
    const everyones = await service.bus.call(users.defaultRole, { realmId });
    const manage = (await service.bus.call(users.findRole, { realmId, clientId, name: 'manage-account' }))!;
    const links = (await service.bus.call(users.findRole, {
      ...{ realmId, clientId, name: 'view-groups' },
    }))!;
    const parts = { by, realmId, roleId: everyones.id, parts: [manage.id] };
    await service.bus.call(users.removeRoleParts, parts);
    await service.bus.call(users.removeRole, { by, realmId, roleId: links.id });
    expect(await give(realmId, clientId)).toEqual([]);
    const { id } = await service.bus.call(users.create, { by, realmId, fields: { username: 'ann' } });
    expect(await rolesOf(realmId, id)).toEqual(['view-profile']);
    expect(await roleNames(realmId, clientId)).not.toContain('view-groups');
  });

  it('are given by one of many who come at once', async () => {
    const { id: realmId } = await service.realm();
    const clientId = randomUUID();
    const all = await Promise.all(Array.from({ length: 8 }, () => give(realmId, clientId)));
    expect(all.flat().toSorted()).toEqual(ALL.toSorted());
  });

  it('leave a role alone that is there: also everybody has it only if it was so', async () => {
    const { id: realmId } = await service.realm();
    const client = { id: randomUUID(), name: 'account' };
    await service.bus.call(users.createRole, { by, realmId, client, fields: { name: 'manage-account' } });
    expect(await give(realmId, client.id)).toEqual(ALL.filter((name) => name !== 'manage-account'));
    const { id } = await service.bus.call(users.create, { by, realmId, fields: { username: 'ann' } });
    expect(await rolesOf(realmId, id)).toEqual(['view-profile']);
  });

  it('are not hung on a client of another realm, nor on one that lets administer, nor on a second of the name', async () => {
    const [here, there] = [await service.realm(), await service.realm()];
    const clientId = randomUUID();
    await give(here.id, clientId);
    expect(await give(there.id, clientId)).toEqual([]);
    expect(await give(here.id, randomUUID())).toEqual([]);
    const [management] = await service.bus.call(users.managementClients, { realmId: there.id });
    expect(await give(there.id, management!.id)).toEqual([]);
    expect(await give(randomUUID(), randomUUID())).toEqual([]);
  });
});
