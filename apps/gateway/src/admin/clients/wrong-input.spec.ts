import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { adminWorld, type AdminWorld } from '../../testing/admin-world.js';

// What no tool sends on purpose: each is refused by name, and nothing of it stays.
describe('clients and their scopes', () => {
  let world: AdminWorld;
  beforeAll(async () => void (world = await adminWorld()));
  afterAll(() => world.gateway.close());

  const realm = 'acme';
  const mapper = { name: 'aud', protocolMapper: 'oidc-audience-mapper' };

  it.each([
    ['clients', 'description', { clientId: 'nul', description: 'a\0b' }],
    ['clients', 'attributes', { clientId: 'nul', attributes: { note: 'a\0b' } }],
    ['clients', 'attributes', { clientId: 'nul', attributes: { 'a\0b': 'note' } }],
    ['clients', 'name', { clientId: 'nul', name: 'half a pair: \ud83d' }],
    ['clients', 'protocolMappers', { clientId: 'nul', protocolMappers: [{ ...mapper, name: 'a\0b' }] }],
    ['client-scopes', 'description', { name: 'nul', description: 'a\0b' }],
    ['client-scopes', 'attributes', { name: 'nul', attributes: { note: '\0' } }],
    [
      'client-scopes',
      'protocolMappers',
      { name: 'nul', protocolMappers: [{ ...mapper, config: { a: '\0' } }] },
    ],
    ['client-scopes', 'name', { name: 'nul', protocolMappers: [{ ...mapper, name: '' }] }],
  ])('take no text at %s that cannot be kept in %s', async (path, field, body) => {
    expect(await world.ask('POST', `/${realm}/${path}`, body)).toMatchObject({
      status: 400,
      body: { field },
    });
    expect(await world.admin.clients.find({ realm, clientId: 'nul' })).toEqual([]);
    const scopes = await world.admin.clientScopes.find({ realm });
    expect(scopes.filter(({ name }) => name === 'nul')).toEqual([]);
  });

  it.each([
    ['secret', ''],
    ['secret', 'x'.repeat(1025)],
    ['notBefore', 2 ** 31],
    ['notBefore', -1],
    ['nodeReRegistrationTimeout', 1e12],
    ['enabled', 'true'],
    ['redirectUris', 'https://app.example.org'],
    ['protocolMappers', {}],
  ])('take no %s that is %j', async (field, value) => {
    const { id } = await world.admin.clients.create({ realm, clientId: `app-${randomUUID()}` });
    const before = await world.admin.clients.findOne({ realm, id });
    const changes = { name: 'changed all the same', [field]: value };
    expect(await world.ask('PUT', `/${realm}/clients/${id}`, changes)).toMatchObject({
      ...{ status: 400, body: { field } },
    });
    expect(await world.admin.clients.findOne({ realm, id })).toEqual(before);
  });

  it('are not found by what can be no id, wherever an address names a client', async () => {
    const { id } = await world.admin.clients.create({ realm, clientId: `app-${randomUUID()}` });
    for (const path of [
      '/clients/account/roles',
      '/clients/account/roles/view-profile',
      `/clients/${id}/scope-mappings/clients/account/available`,
      `/clients/${id}/evaluate-scopes/scope-mappings/account/granted`,
    ]) {
      expect(await world.ask('GET', `/${realm}${path}`)).toMatchObject({
        status: 404,
        body: { error: 'Could not find client' },
      });
    }
  });
});
