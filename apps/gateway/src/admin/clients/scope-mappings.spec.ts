import { randomUUID } from 'node:crypto';
import { users, type RoleView } from '@tumbler/contract-users';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { adminWorld, type AdminWorld } from '../../testing/admin-world.js';

describe('what a client may tell, by the official client', () => {
  let world: AdminWorld;
  beforeAll(async () => void (world = await adminWorld()));
  afterAll(() => world.gateway.close());

  const realm = 'acme';
  const role = (name: string, client?: RoleView['client']): RoleView => ({
    ...{ id: randomUUID(), name, composite: false, attributes: {} },
    ...(client ? { client } : {}),
  });

  /** A client with one role of its own, in a realm with two. */
  async function shop(fullScopeAllowed: boolean) {
    const clientId = `app-${randomUUID()}`;
    const { id } = await world.admin.clients.create({ realm, clientId, fullScopeAllowed });
    const roles = [role('buyer'), role('seller')];
    const own = role('editor', { id, name: clientId });
    world.gateway.bus.stub(users.listRoles, ({ clientId: of }) => (of === id ? [own] : roles));
    world.gateway.bus.stub(users.unfoldRoles, ({ roles: ids }) =>
      [...roles, own].filter((each) => ids.includes(each.id)),
    );
    world.gateway.bus.stub(users.findRole, ({ roleId }) => roles.find((each) => each.id === roleId) ?? null);
    return { realm, id, roles };
  }
  const names = (list: { name?: string }[]) => list.map(({ name }) => name);

  it('is every role with the full scope, and else the ones that it is given', async () => {
    for (const [fullScopeAllowed, told] of [
      [true, ['buyer', 'seller']],
      [false, ['seller']],
    ] as const) {
      const { roles, ...of } = await shop(fullScopeAllowed);
      const [, seller] = roles;
      await world.admin.clients.addRealmScopeMappings(of, [{ id: seller!.id, name: 'seller' }]);
      expect(names(await world.admin.clients.listCompositeRealmScopeMappings(of))).toEqual(told);
      expect(names(await world.admin.clients.listRealmScopeMappings(of))).toEqual(['seller']);
      expect(names(await world.admin.clients.listAvailableRealmScopeMappings(of))).toEqual(['buyer']);
    }
  });

  it('is each role of its own without a word, so that none is there to give', async () => {
    const { roles: _roles, ...of } = await shop(false);
    const own = { ...of, client: of.id };
    expect(names(await world.admin.clients.listCompositeClientScopeMappings(own))).toEqual(['editor']);
    expect(names(await world.admin.clients.listAvailableClientScopeMappings(own))).toEqual([]);
  });

  it('is listed by protocol', async () => {
    const { id } = await shop(true);
    const mapper = { name: 'aud', protocol: 'openid-connect', protocolMapper: 'oidc-audience-mapper' };
    await world.admin.clients.addProtocolMapper({ realm, id }, mapper);
    const of = (protocol: string) =>
      world.admin.clients.findProtocolMappersByProtocol({ realm, id, protocol });
    expect(names(await of('openid-connect'))).toEqual(['aud']);
    expect(await of('saml')).toEqual([]);
  });

  it('is shown by an example for a user, and for nobody else', async () => {
    const { id } = await shop(true);
    const example = (query: string) =>
      world.ask('GET', `/${realm}/clients/${id}/evaluate-scopes/generate-example-access-token${query}`);
    expect(await example('')).toMatchObject({ status: 404, body: { error: 'No userId provided' } });
    expect(await example('?userId=nobody')).toMatchObject({ status: 404, body: { error: 'No user found' } });
  });
});
