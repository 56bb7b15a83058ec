import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { adminWorld, type AdminWorld } from '../../testing/admin-world.js';

const MANY = 12;

/** Terraform sends ten at once; each change was made to what had been read before, and the last one undid the others. */
describe('changes that come at once lose none of each other', () => {
  let world: AdminWorld;
  beforeAll(async () => void (world = await adminWorld()));
  afterAll(() => world.gateway.close());

  const realm = 'acme';
  const mapper = (n: number) => ({
    ...{ name: `claim ${n}`, protocol: 'openid-connect', protocolMapper: 'oidc-hardcoded-claim-mapper' },
    config: { 'claim.name': `claim-${n}`, 'claim.value': 'x', 'access.token.claim': 'true' },
  });
  const names = Array.from({ length: MANY }, (_, n) => `claim ${n}`).sort();
  const atOnce = (change: (n: number) => Promise<unknown>) =>
    Promise.all(Array.from({ length: MANY }, (_, n) => change(n)));
  const namesOf = (found: { name?: string }[]) => found.map(({ name }) => name).sort();

  const makeClient = async () => {
    const clientId = `app-${randomUUID().slice(0, 8)}`;
    const { id } = await world.admin.clients.create({ realm, clientId, publicClient: true });
    return { realm, id, clientId };
  };

  it('of the mappers of a client', async () => {
    const of = await makeClient();
    await atOnce((n) => world.admin.clients.addProtocolMapper(of, mapper(n)));
    const made = await world.admin.clients.listProtocolMappers(of);
    expect(namesOf(made)).toEqual(names);
    const [kept, ...others] = made;
    await Promise.all(
      others.map(({ id }) => world.admin.clients.delProtocolMapper({ ...of, mapperId: id! })),
    );
    expect(await world.admin.clients.listProtocolMappers(of)).toEqual([kept]);
  });

  it.each(['one that was made', 'a built-in one that nobody has changed'])(
    'of the mappers of a scope: %s',
    async (which) => {
      const name = which.startsWith('one') ? `scope-${randomUUID().slice(0, 8)}` : 'address';
      const made = which.startsWith('one') && { ...{ realm, name }, protocol: 'openid-connect' };
      if (made) await world.admin.clientScopes.create(made);
      const scope = (await world.admin.clientScopes.findOneByName({ realm, name }))!;
      const of = { realm, id: scope.id! };
      const before = await world.admin.clientScopes.listProtocolMappers(of);
      await atOnce((n) => world.admin.clientScopes.addProtocolMapper(of, mapper(n)));
      const after = await world.admin.clientScopes.listProtocolMappers(of);
      expect(namesOf(after)).toEqual([...namesOf(before), ...names].sort());
    },
  );

  it('of the scopes of a client', async () => {
    const of = await makeClient();
    const made = await atOnce((n) =>
      world.admin.clientScopes.create({ realm, name: `${of.clientId}-${n}`, protocol: 'openid-connect' }),
    );
    await Promise.all(
      (made as { id: string }[]).map(({ id }) =>
        world.admin.clients.addDefaultClientScope({ ...of, clientScopeId: id }),
      ),
    );
    const scopes = await world.admin.clients.listDefaultClientScopes(of);
    expect(scopes.filter(({ name }) => name!.startsWith(of.clientId))).toHaveLength(MANY);
  });

  it('of settings, keys and mappers', async () => {
    const of = await makeClient();
    await Promise.all([
      world.admin.clients.addProtocolMapper(of, mapper(0)),
      world.admin.clients.update(of, { clientId: of.clientId, description: 'changed' }),
      world.admin.clients.generateKey({ ...of, attr: 'jwt.credential' }),
    ]);
    const { description, protocolMappers, attributes } = (await world.admin.clients.findOne(of))!;
    expect({ description, mappers: namesOf(protocolMappers!) }).toEqual({
      ...{ description: 'changed', mappers: ['claim 0'] },
    });
    expect(attributes).toHaveProperty(['jwt.credential.certificate']);
  });

  it('and one that is refused changes nothing', async () => {
    const of = await makeClient();
    const added = await Promise.allSettled([
      world.admin.clients.addProtocolMapper(of, mapper(0)),
      world.admin.clients.addProtocolMapper(of, mapper(0)),
    ]);
    expect(added.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected']);
    expect(await world.admin.clients.listProtocolMappers(of)).toHaveLength(1);
  });
});
