import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { adminWorld, type AdminWorld } from '../../testing/admin-world.js';

describe('a client that is changed, by the official client', () => {
  let world: AdminWorld;
  beforeAll(async () => void (world = await adminWorld()));
  afterAll(() => world.gateway.close());

  const realm = 'acme';
  const create = async (more: object = {}) => {
    const { id } = await world.admin.clients.create({ realm, clientId: `app-${randomUUID()}`, ...more });
    return id;
  };
  const read = async (id: string) => (await world.admin.clients.findOne({ realm, id }))!;
  const change = (id: string, changes: object) => world.admin.clients.update({ realm, id }, changes);

  it('keeps the attributes that a tool does not know of, and loses those that it empties', async () => {
    const id = await create({ attributes: { 'acr.loa.map': '{"gold":"2"}', login_theme: 'plain', a: 'b' } });
    // As Terraform does: each attribute that it knows, and an empty text where nothing is to be.
    await change(id, { attributes: { 'access.token.lifespan': '60', login_theme: '', a: null } });
    expect((await read(id)).attributes).toEqual({
      'acr.loa.map': '{"gold":"2"}',
      'access.token.lifespan': '60',
    });
    await change(id, { attributes: {} });
    expect(Object.keys((await read(id)).attributes!)).toHaveLength(2);
  });

  it('loses no attribute to changes at the same time', async () => {
    const id = await create();
    const names = Array.from({ length: 8 }, (_, i) => `note.${i}`);
    await Promise.all(names.map((name) => change(id, { attributes: { [name]: 'x' } })));
    expect(Object.keys((await read(id)).attributes!).sort()).toEqual(names);
  });

  it('keeps the flow of one use when it is given that of another', async () => {
    const id = await create({ authenticationFlowBindingOverrides: { browser: 'browser' } });
    await change(id, { authenticationFlowBindingOverrides: { direct_grant: 'direct grant' } });
    expect((await read(id)).authenticationFlowBindingOverrides).toEqual({
      ...{ browser: 'browser', direct_grant: 'direct grant' },
    });
    await change(id, { authenticationFlowBindingOverrides: { browser: '', direct_grant: null } });
    expect((await read(id)).authenticationFlowBindingOverrides).toEqual({});
  });

  it('is not given the half of a rule whose other half is wrong', async () => {
    const id = await create({ attributes: { 'jwks.url': 'http://keys.example', 'use.jwks.url': 'false' } });
    await expect(change(id, { attributes: { 'use.jwks.url': 'true' } })).rejects.toMatchObject({
      response: { status: 400 },
    });
    expect((await read(id)).attributes).toMatchObject({ 'use.jwks.url': 'false' });
  });

  it('is given no flow that is not there, when it is made and afterwards', async () => {
    const flow = (use: object) => ({ authenticationFlowBindingOverrides: use });
    const refused = { response: { status: 400 } };
    await expect(create(flow({ browser: randomUUID() }))).rejects.toMatchObject(refused);
    const id = await create(flow({ browser: 'browser' }));
    await expect(change(id, { name: 'x', ...flow({ direct_grant: 'nothing' }) })).rejects.toMatchObject(
      refused,
    );
    const { name, authenticationFlowBindingOverrides } = await read(id);
    expect({ name, authenticationFlowBindingOverrides }).toEqual(flow({ browser: 'browser' }));
  });

  it('keeps the ids of its mappers, by which they are looked up, when they come again without', async () => {
    const mapper = (name: string, claim: string) => ({
      ...{ name, protocol: 'openid-connect', protocolMapper: 'oidc-hardcoded-claim-mapper' },
      config: { 'claim.name': claim, 'claim.value': 'x' },
    });
    const id = await create({ protocolMappers: [mapper('team', 'team'), mapper('site', 'site')] });
    const [team, site] = (await read(id)).protocolMappers!;
    await change(id, { protocolMappers: [mapper('team', 'crew'), { ...site, name: 'place' }] });
    expect((await read(id)).protocolMappers).toEqual([
      { ...mapper('team', 'crew'), id: team!.id },
      { ...site, name: 'place' },
    ]);
    // A new one under the name that the other had before takes no id that is in use.
    await change(id, { protocolMappers: [{ ...team, name: 'group' }, mapper('team', 'new')] });
    const [renamed, made] = (await read(id)).protocolMappers!;
    expect(renamed!.id).toBe(team!.id);
    expect(made!.id).not.toBe(team!.id);
  });

  it('has no two mappers of one name or one id, and neither has a scope', async () => {
    const protocolMapper = 'oidc-audience-mapper';
    const twice = { protocolMappers: [0, 1].map(() => ({ name: 'aud', protocolMapper })) };
    const refused = {
      response: { status: 409 },
      responseData: { errorMessage: 'Protocol mapper exists with same name' },
    };
    await expect(create({ clientId: 'twice', ...twice })).rejects.toMatchObject(refused);
    expect(await world.admin.clients.find({ realm, clientId: 'twice' })).toEqual([]);
    await expect(world.admin.clientScopes.create({ realm, name: 'twice', ...twice })).rejects.toMatchObject(
      refused,
    );
    const id = await create();
    await expect(change(id, { name: 'x', ...twice })).rejects.toMatchObject(refused);
    const sameId = ['a', 'b'].map((name) => ({ id: 'the-same', name, protocolMapper }));
    await expect(change(id, { name: 'x', protocolMappers: sameId })).rejects.toMatchObject({
      response: { status: 409 },
    });
    expect((await read(id)).name).toBeUndefined();
  });

  it('has a scope in one list and once, in the one that is said last', async () => {
    const lists = async (id: string) => {
      const { defaultClientScopes, optionalClientScopes } = await read(id);
      return { always: defaultClientScopes, asked: optionalClientScopes };
    };
    const id = await create({
      ...{ defaultClientScopes: ['phone', 'email', 'phone'], optionalClientScopes: ['address', 'email'] },
    });
    expect(await lists(id)).toEqual({ always: ['phone', 'email'], asked: ['address'] });
    await change(id, { optionalClientScopes: ['phone'] });
    expect(await lists(id)).toEqual({ always: ['email'], asked: ['phone'] });
    await change(id, { defaultClientScopes: ['phone'] });
    expect(await lists(id)).toEqual({ always: ['phone'], asked: [] });
  });

  it('loses the user that it was when it acts for itself no more, and begins again as another', async () => {
    const id = await create({ serviceAccountsEnabled: true });
    const account = () => world.admin.clients.getServiceAccountUser({ realm, id });
    const before = (await account()).id!;
    await change(id, { name: 'says nothing of it' });
    expect((await account()).id).toBe(before);
    // What is refused takes nothing away.
    const refused = { serviceAccountsEnabled: false, clientId: 'account' };
    await expect(change(id, refused)).rejects.toMatchObject({ response: { status: 409 } });
    expect((await account()).id).toBe(before);

    await change(id, { serviceAccountsEnabled: false });
    expect(await world.admin.users.findOne({ realm, id: before })).toBeNull();
    await expect(account()).rejects.toMatchObject({ response: { status: 400 } });
    await change(id, { serviceAccountsEnabled: true });
    expect((await account()).id).not.toBe(before);
  });
});
