// Files that cannot move in, and one that is large.
import { randomUUID } from 'node:crypto';
import type KcAdminClient from '@keycloak/keycloak-admin-client';
import { beforeAll, describe, expect, it } from 'vitest';
import { ask } from './admin-requests.js';
import { NativeApp } from './native-app.js';
import { administrator, RealmOfStory, system } from './world.js';

let admin: KcAdminClient;
beforeAll(async () => void (admin = await administrator()));

describe('a file that is wrong', () => {
  const person = { username: 'ann', enabled: true };
  const files: [string, object, string][] = [
    ['a field of the wrong type', { enabled: 'yes' }, 'enabled'],
    ['a user of the wrong type', { users: ['ann'] }, 'users[0]'],
    ['a user without a name', { users: [{}] }, 'users[0].username'],
    ['two users of one name', { users: [person, { username: 'ANN' }] }, 'users[1].username'],
    [
      'two users of one address',
      {
        users: [
          { ...person, email: 'a@b.example' },
          { username: 'b', email: 'A@b.example' },
        ],
      },
      'users[1].email',
    ],
    [
      'a role that is not there',
      { users: [{ ...person, realmRoles: ['nothing'] }] },
      'users[0].realmRoles[0]',
    ],
    [
      'a role of a client that is not there',
      { users: [{ ...person, clientRoles: { nobody: ['x'] } }] },
      'users[0].clientRoles.nobody[0]',
    ],
    ['a group that is not there', { users: [{ ...person, groups: ['/nowhere'] }] }, 'users[0].groups[0]'],
    ['a default group that is not there', { defaultGroups: ['/nowhere'] }, 'defaultGroups[0]'],
    [
      'roles that bring each other along',
      {
        roles: {
          realm: [
            { name: 'a', composites: { realm: ['b'] } },
            { name: 'b', composites: { realm: ['a'] } },
          ],
        },
      },
      'roles.realm[0].composites',
    ],
    ['a flow that is not there', { browserFlow: 'nothing' }, 'browserFlow'],
    [
      'a step that is no flow',
      {
        authenticationFlows: [
          {
            alias: 'a',
            topLevel: true,
            authenticationExecutions: [{ flowAlias: 'b', requirement: 'REQUIRED' }],
          },
        ],
      },
      'authenticationFlows[0].authenticationExecutions[0].flowAlias',
    ],
    [
      'a flow of a client that is not there',
      { clients: [{ clientId: 'a', authenticationFlowBindingOverrides: { browser: 'x' } }] },
      'clients[0].authenticationFlowBindingOverrides.browser',
    ],
    ['a client without a name', { clients: [{}] }, 'clients[0].clientId'],
    [
      'an app whose secret is none',
      { users: [{ ...person, credentials: [{ type: 'otp', secretData: '{}', credentialData: '{}' }] }] },
      'users[0].credentials[0].secretData',
    ],
    [
      'a password that breaks the policy of the file',
      {
        passwordPolicy: 'length(12)',
        users: [{ ...person, credentials: [{ type: 'password', value: 'short' }] }],
      },
      'users[0].credentials[0].value',
    ],
    [
      'a profile that is no JSON',
      {
        components: {
          'org.keycloak.userprofile.UserProfileProvider': [{ config: { 'kc.user.profile.config': ['{'] } }],
        },
      },
      'components.org.keycloak.userprofile.UserProfileProvider[0].config.kc.user.profile.config',
    ],
  ];
  it.each(files)('with %s, is refused with the place, and leaves no realm', async (_what, part, place) => {
    const realm = `wrong-${randomUUID().slice(0, 8)}`;
    for (const query of ['?dryRun=true', '']) {
      const { status, body } = await ask<{ field?: string; errors?: { field: string }[] }>(
        admin,
        'POST',
        query,
        {
          ...{ realm, ...part },
        },
      );
      expect(status).toBe(400);
      expect(body.field ?? body.errors?.[0]?.field).toBe(place);
    }
    expect(await admin.realms.findOne({ realm })).toBeNull();
  });

  it('at several places, tells all of them', async () => {
    const users = [
      { username: 'a b' },
      { username: 'b', email: 'nowhere' },
      { username: 'c', groups: ['/x'] },
    ];
    const { body } = await ask<{ errors: { field: string }[] }>(admin, 'POST', '', { realm: 'wrong', users });
    expect(body.errors.map(({ field }) => field)).toEqual([
      'users[2].groups[0]',
      'users[0].username',
      'users[1].email',
    ]);
  });

  it('is no JSON', async () => {
    const response = await fetch(`${system.url}/admin/realms`, {
      method: 'POST',
      headers: {
        authorization: `Bearer ${await admin.getAccessToken()}`,
        'content-type': 'application/json',
      },
      body: '{"realm": "half',
    });
    expect({ status: response.status, body: await response.json() }).toEqual({
      status: 400,
      body: { error: 'invalid_request', error_description: 'Cannot parse the JSON' },
    });
  });
});

describe('a large file', () => {
  const crowd = (n: number) =>
    Array.from({ length: n }, (_, index) => ({
      ...{ username: `user-${index}`, email: `user-${index}@acme.example`, enabled: true },
      attributes: { note: ['x'.repeat(200)] },
      credentials: [
        {
          type: 'password',
          credentialData: '{"hashIterations":1,"algorithm":"pbkdf2-sha256","additionalParameters":{}}',
          secretData:
            '{"value":"AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=","salt":"AAAAAAAAAAAAAAAAAAAAAA=="}',
        },
      ],
    }));

  it('of thousands of users comes in pieces that the bus can carry, while others sign in', async () => {
    const other = await RealmOfStory.create();
    await other.createUser('meanwhile');
    const realm = `large-${randomUUID().slice(0, 8)}`;
    const moving = ask(admin, 'POST', '', { realm, enabled: true, users: crowd(3000) });
    const app = new NativeApp();
    const start = await app.get(`${system.url}/realms/${other.name}/account`);
    const step = await app.send(start, { username: 'meanwhile', password: 'Tumblers-align-7' });
    expect(step.redirectUri).toBeDefined();
    expect((await moving).status).toBe(201);
    expect(await admin.users.count({ realm })).toBe(3000);
    const more = await ask(admin, 'POST', `/${realm}/partialImport`, {
      ...{ ifResourceExists: 'SKIP', users: [...crowd(1500), { username: 'one-more' }] },
    });
    expect(more.body).toMatchObject({ added: 1, skipped: 1500 });
  });

  it('is taken from administrators alone, and not of any size', async () => {
    const send = (token: string, length: number) =>
      fetch(`${system.url}/admin/realms`, {
        method: 'POST',
        headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
        body: `{"realm": "${'x'.repeat(length)}"}`,
      });
    expect((await send('nobody’s'.replace('’', ''), 100_000)).status).toBe(401);
    const tooLarge = await send((await admin.getAccessToken())!, 65 * 1024 * 1024);
    expect(tooLarge.status).toBe(413);
    expect(await tooLarge.json()).toMatchObject({ error_description: expect.stringContaining('64 MB') });
  });
});
