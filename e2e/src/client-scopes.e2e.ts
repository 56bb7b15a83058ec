// What applications are told of their users: scopes, mappers and roles, as an administrator sets them.
import { randomUUID } from 'node:crypto';
import type KcAdminClient from '@keycloak/keycloak-admin-client';
import { beforeAll, describe, expect, it } from 'vitest';
import { ask } from './admin-requests.js';
import { administrator, PASSWORD, RealmOfStory, system } from './world.js';

let admin: KcAdminClient;
let story: RealmOfStory;
let realm: string;
let ann: string;
beforeAll(async () => {
  admin = await administrator();
  story = await RealmOfStory.create();
  realm = story.name;
  ann = await story.createUser('ann', { firstName: 'Ann', lastName: 'Lee', email: 'ann@example.org' });
});

const named = (what: string) => `${what}-${randomUUID().slice(0, 8)}`;

async function application(more: object = {}) {
  const clientId = named('app');
  const { id } = await admin.clients.create({
    ...{ realm, clientId, publicClient: true, directAccessGrantsEnabled: true },
    ...more,
  });
  return { id, clientId };
}

const decoded = (token: string) =>
  JSON.parse(Buffer.from(token.split('.')[1]!, 'base64url').toString()) as Record<string, unknown>;

async function tokens(clientId: string, scope = '') {
  const response = await story.tokenRequest({
    client_id: clientId,
    username: 'ann',
    password: PASSWORD,
    scope,
  });
  const body = (await response.json()) as { access_token: string; scope: string };
  return { ...decoded(body.access_token), scope: body.scope, token: body.access_token };
}

const hardcoded = (name: string, value: string) => ({
  ...{ name, protocol: 'openid-connect', protocolMapper: 'oidc-hardcoded-claim-mapper' },
  config: {
    ...{
      'claim.name': name,
      'claim.value': value,
      'access.token.claim': 'true',
      'userinfo.token.claim': 'true',
    },
    'introspection.token.claim': 'true',
  },
});

describe('a client scope', () => {
  it('is made, found, changed and removed; what there was before can be changed, and stays', async () => {
    const name = named('scope');
    const { id } = await admin.clientScopes.create({
      realm,
      name,
      protocol: 'openid-connect',
      description: 'One',
    });
    expect(await admin.clientScopes.findOneByName({ realm, name })).toMatchObject({
      id,
      name,
      description: 'One',
    });
    expect(await ask(admin, 'POST', `/${realm}/client-scopes`, { name })).toMatchObject({
      status: 409,
      body: { errorMessage: `Client Scope ${name} already exists` },
    });
    await admin.clientScopes.update({ realm, id }, { name, description: 'Two' });
    expect((await admin.clientScopes.findOne({ realm, id }))?.description).toBe('Two');
    await admin.clientScopes.del({ realm, id });
    expect(await admin.clientScopes.findOne({ realm, id })).toBeNull();

    const profile = (await admin.clientScopes.findOneByName({ realm, name: 'profile' }))!;
    await admin.clientScopes.addProtocolMapper({ realm, id: profile.id! }, hardcoded('house', 'locks'));
    const { clientId } = await application();
    expect(await tokens(clientId)).toMatchObject({
      house: 'locks',
      preferred_username: 'ann',
      name: 'Ann Lee',
    });
    const mapper = (await admin.clientScopes.findProtocolMapperByName({
      realm,
      id: profile.id!,
      name: 'house',
    }))!;
    await admin.clientScopes.delProtocolMapper({ realm, id: profile.id!, mapperId: mapper.id! });
    expect(await tokens(clientId)).not.toHaveProperty('house');
    expect((await ask(admin, 'DELETE', `/${realm}/client-scopes/${profile.id}`)).status).toBe(400);
    expect((await ask(admin, 'PUT', `/${realm}/client-scopes/${profile.id}`, { name: 'other' })).status).toBe(
      400,
    );
  });

  it('is told when it is asked for, under whatever name it has then', async () => {
    const name = named('plan');
    const { id: scopeId } = await admin.clientScopes.create({ realm, name, protocol: 'openid-connect' });
    await admin.clientScopes.addProtocolMapper({ realm, id: scopeId }, hardcoded('plan', 'gold'));
    const { id, clientId } = await application();
    await admin.clients.addOptionalClientScope({ realm, id, clientScopeId: scopeId });
    expect(await tokens(clientId)).not.toHaveProperty('plan');
    const { scope, plan, token } = (await tokens(clientId, `openid ${name}`)) as Record<string, string>;
    expect({ plan, scopes: scope!.split(' ') }).toEqual({
      plan: 'gold',
      scopes: expect.arrayContaining([name]),
    });
    const userinfo = await fetch(`${system.url}/realms/${realm}/protocol/openid-connect/userinfo`, {
      headers: { authorization: `Bearer ${token}` },
    });
    expect(await userinfo.json()).toMatchObject({ plan: 'gold', sub: ann });
    const discovery = await fetch(`${system.url}/realms/${realm}/.well-known/openid-configuration`);
    expect(((await discovery.json()) as { scopes_supported: string[] }).scopes_supported).toContain(name);

    await admin.clientScopes.update({ realm, id: scopeId }, { name: `${name}-2` });
    expect((await admin.clients.listOptionalClientScopes({ realm, id })).map((each) => each.name)).toContain(
      `${name}-2`,
    );
    expect(await tokens(clientId, `${name}-2`)).toMatchObject({ plan: 'gold' });
    await admin.clientScopes.del({ realm, id: scopeId });
    expect(
      (await admin.clients.listOptionalClientScopes({ realm, id })).map((each) => each.name),
    ).not.toContain(`${name}-2`);
  });

  it('of the realm is given to the clients that come after', async () => {
    const name = named('usual');
    const { id } = await admin.clientScopes.create({ realm, name, protocol: 'openid-connect' });
    const usual = async () =>
      (await ask<{ name: string }[]>(admin, 'GET', `/${realm}/default-default-client-scopes`)).body.map(
        (each) => each.name,
      );
    const before = await application();
    await admin.clientScopes.addDefaultClientScope({ realm, id });
    expect(await usual()).toContain(name);
    const after = await application();
    const has = async (client: string) =>
      (await admin.clients.listDefaultClientScopes({ realm, id: client })).some((each) => each.name === name);
    expect([await has(before.id), await has(after.id)]).toEqual([false, true]);
    await admin.clientScopes.delDefaultClientScope({ realm, id });
    expect(await usual()).not.toContain(name);
  });

  it('that has a role is for users who have it', async () => {
    const name = named('staff');
    await admin.roles.create({ realm, name });
    const role = (await admin.roles.findOneByName({ realm, name }))!;
    const { id } = await admin.clientScopes.create({ realm, name, protocol: 'openid-connect' });
    await admin.clientScopes.addProtocolMapper({ realm, id }, hardcoded('staff', 'yes'));
    await admin.clientScopes.addRealmScopeMappings({ realm, id }, [role]);
    expect(await admin.clientScopes.listRealmScopeMappings({ realm, id })).toMatchObject([{ name }]);
    const app = await application();
    await admin.clients.addDefaultClientScope({ realm, id: app.id, clientScopeId: id });
    expect(await tokens(app.clientId)).not.toHaveProperty('staff');
    await admin.users.addRealmRoleMappings({ realm, id: ann, roles: [{ id: role.id!, name }] });
    expect(await tokens(app.clientId)).toMatchObject({ staff: 'yes' });
    await admin.users.delRealmRoleMappings({ realm, id: ann, roles: [{ id: role.id!, name }] });
  });
});

describe('a client', () => {
  it('is told the groups of its users where it has a mapper for them', async () => {
    const name = named('night');
    const { id: groupId } = await admin.groups.create({ realm, name });
    await admin.users.addToGroup({ realm, id: ann, groupId });
    const { id, clientId } = await application();
    expect(await tokens(clientId)).not.toHaveProperty('groups');
    await admin.clients.addProtocolMapper(
      { realm, id },
      {
        ...{ name: 'groups', protocol: 'openid-connect', protocolMapper: 'oidc-group-membership-mapper' },
        config: { 'claim.name': 'groups', 'full.path': 'true', 'access.token.claim': 'true' },
      },
    );
    expect(await tokens(clientId)).toMatchObject({ groups: [`/${name}`] });
  });

  it('without the full scope is told of the roles that it is given to know, and of what they bring along (RFC 9700 §2.3)', async () => {
    const [outer, inner, other] = [named('outer'), named('inner'), named('other')];
    const roles = [];
    for (const name of [outer, inner, other]) {
      await admin.roles.create({ realm, name });
      roles.push((await admin.roles.findOneByName({ realm, name }))!);
    }
    await admin.roles.createComposite({ realm, roleId: roles[0]!.id! }, [roles[1]!]);
    const given = [roles[0]!, roles[2]!].map(({ id, name }) => ({ id: id!, name: name! }));
    await admin.users.addRealmRoleMappings({ realm, id: ann, roles: given });
    const { id, clientId } = await application({ fullScopeAllowed: false });
    expect(await tokens(clientId)).not.toHaveProperty('realm_access');
    expect(
      (await admin.clients.listAvailableRealmScopeMappings({ realm, id })).map(({ name }) => name),
    ).toContain(outer);
    await admin.clients.addRealmScopeMappings({ realm, id }, [roles[0]!]);
    expect(await admin.clients.listRealmScopeMappings({ realm, id })).toMatchObject([{ name: outer }]);
    expect(
      (await admin.clients.listCompositeRealmScopeMappings({ realm, id })).map(({ name }) => name).sort(),
    ).toEqual([inner, outer].sort());
    expect((await admin.clients.listScopeMappings({ realm, id })).realmMappings).toMatchObject([
      { name: outer },
    ]);
    const { realm_access: told } = (await tokens(clientId)) as { realm_access?: { roles: string[] } };
    expect(told?.roles.sort()).toEqual([inner, outer].sort());

    const evaluated = async (type: 'granted' | 'not-granted') =>
      (
        await ask<{ name: string }[]>(
          ...([
            admin,
            'GET',
            `/${realm}/clients/${id}/evaluate-scopes/scope-mappings/${realm}/${type}`,
          ] as const),
        )
      ).body;
    expect((await evaluated('granted')).map(({ name }) => name).sort()).toEqual([inner, outer].sort());
    expect((await evaluated('not-granted')).map(({ name }) => name)).toContain(other);

    await admin.clients.delRealmScopeMappings({ realm, id }, [roles[0]!]);
    expect(await tokens(clientId)).not.toHaveProperty('realm_access');
  });

  it('is shown by an example what it would be told, which is no token', async () => {
    const { id, clientId } = await application();
    const example: Record<string, unknown> = await admin.clients.evaluateGenerateAccessToken({
      ...{ realm, id, scope: 'openid', userId: ann, audience: '' },
    });
    expect(example).toMatchObject({ sub: ann, azp: clientId, preferred_username: 'ann', typ: 'Bearer' });
    const mappers = (await admin.clients.evaluateListProtocolMapper({ realm, id, scope: 'openid' })) as {
      mapperName: string;
      containerName: string;
    }[];
    expect(mappers).toContainEqual(
      expect.objectContaining({ mapperName: 'username', containerName: 'profile' }),
    );
    const { token } = await tokens(clientId, 'openid');
    const real = decoded(token);
    for (const claim of ['preferred_username', 'name', 'email', 'realm_access', 'scope']) {
      expect({ [claim]: example[claim] }).toEqual({ [claim]: real[claim] });
    }
  });
});
