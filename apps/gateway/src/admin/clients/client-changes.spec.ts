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
});
