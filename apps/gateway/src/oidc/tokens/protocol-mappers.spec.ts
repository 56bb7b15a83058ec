import { describe, expect, it } from 'vitest';
import { CLIENT_DEFAULTS } from '../clients/client-settings.js';
import { ann } from '../../testing/stub-services.js';
import { mappedClaims, type Mapped } from './protocol-mappers.js';

const mapped: Mapped = {
  user: ann({
    username: 'ann',
    attributes: { team: ['locks', 'keys'], age: ['42'], odd: ['x'], wish: ['{"a":1}'] },
  }),
  client: {
    ...CLIENT_DEFAULTS,
    ...{ id: 'c', realmId: 'r', clientId: 'app' },
    webOrigins: ['https://app.example.org'],
  },
  roles: ['reader', 'writer'],
  clientRoles: { app: ['own'], 'a.wiki': ['editor'] },
  groups: ['/staff', '/staff/night shift'],
  notes: { AUTH_TIME: '1000' },
};
const claimsOf = (protocolMapper: string, config: Record<string, string>) =>
  mappedClaims(
    [
      {
        ...{ id: 'm', name: 'm', protocol: 'openid-connect', protocolMapper },
        config: { 'access.token.claim': 'true', ...config },
      },
    ],
    mapped,
    'access.token.claim',
  );
const attribute = 'oidc-usermodel-attribute-mapper';
const hardcoded = 'oidc-hardcoded-claim-mapper';
const ofRealm = 'oidc-usermodel-realm-role-mapper';
const ofClients = 'oidc-usermodel-client-role-mapper';

describe('a mapper', () => {
  it.each<[string, string, Record<string, string>, object]>([
    ['an attribute', attribute, { 'user.attribute': 'team', 'claim.name': 'team' }, { team: 'locks' }],
    [
      'all values of one',
      attribute,
      { 'user.attribute': 'team', 'claim.name': 'team', multivalued: 'true' },
      { team: ['locks', 'keys'] },
    ],
    [
      'a number',
      attribute,
      { 'user.attribute': 'age', 'claim.name': 'age', 'jsonType.label': 'long' },
      { age: 42 },
    ],
    [
      'no number of what is none',
      attribute,
      { 'user.attribute': 'odd', 'claim.name': 'age', 'jsonType.label': 'int' },
      {},
    ],
    [
      'JSON',
      attribute,
      { 'user.attribute': 'wish', 'claim.name': 'wish', 'jsonType.label': 'JSON' },
      { wish: { a: 1 } },
    ],
    [
      'something inside of something',
      attribute,
      { 'user.attribute': 'odd', 'claim.name': 'a.b.c' },
      { a: { b: { c: 'x' } } },
    ],
    ['a name with a dot', attribute, { 'user.attribute': 'odd', 'claim.name': 'a\\.b' }, { 'a.b': 'x' }],
    [
      'a property',
      'oidc-usermodel-property-mapper',
      { 'user.attribute': 'username', 'claim.name': 'login' },
      { login: 'ann' },
    ],
    [
      'nothing that is no property',
      'oidc-usermodel-property-mapper',
      { 'user.attribute': 'constructor', 'claim.name': 'x' },
      {},
    ],
    [
      'groups',
      'oidc-group-membership-mapper',
      { 'claim.name': 'groups' },
      { groups: ['/staff', '/staff/night shift'] },
    ],
    [
      'names of groups',
      'oidc-group-membership-mapper',
      { 'claim.name': 'groups', 'full.path': 'false' },
      { groups: ['staff', 'night shift'] },
    ],
    [
      'roles of the realm',
      ofRealm,
      { 'claim.name': 'realm_access.roles' },
      { realm_access: { roles: ['reader', 'writer'] } },
    ],
    [
      'roles of the realm where they are wanted',
      ofRealm,
      { 'claim.name': 'roles', 'usermodel.realmRoleMapping.rolePrefix': 'r-' },
      { roles: ['r-reader', 'r-writer'] },
    ],
    [
      'roles of all clients',
      ofClients,
      { 'claim.name': 'resource_access.${client_id}.roles' },
      { resource_access: { app: { roles: ['own'] }, 'a.wiki': { roles: ['editor'] } } },
    ],
    [
      'roles of one client',
      ofClients,
      { 'claim.name': 'mine', 'usermodel.clientRoleMapping.clientId': 'app' },
      { mine: ['own'] },
    ],
    ['an audience', 'oidc-audience-mapper', { 'included.client.audience': 'api' }, { aud: ['api'] }],
    ['the clients that know the user', 'oidc-audience-resolve-mapper', {}, { aud: ['a.wiki'] }],
    ['origins', 'oidc-allowed-origins-mapper', {}, { 'allowed-origins': ['https://app.example.org'] }],
    [
      'a note of the session',
      'oidc-usersessionmodel-note-mapper',
      { 'user.session.note': 'AUTH_TIME', 'claim.name': 'since', 'jsonType.label': 'long' },
      { since: 1000 },
    ],
    ['what it says itself', hardcoded, { 'claim.name': 'tier', 'claim.value': 'gold' }, { tier: 'gold' }],
  ])('tells %s', (_what, mapper, config, claims) => {
    expect(claimsOf(mapper, config)).toEqual(claims);
  });

  it('tells nothing where it is not to', () => {
    const config = { 'claim.name': 'tier', 'claim.value': 'gold', 'access.token.claim': 'false' };
    expect(claimsOf(hardcoded, config)).toEqual({});
  });

  it.each([
    ...[
      'iss',
      'sub',
      'aud',
      'exp',
      'azp',
      'sid',
      'typ',
      'scope',
      'acr',
      'amr',
      'asked',
      'client_id',
      'active',
    ],
    ...[
      'sub.x',
      'realm_access.roles',
      'resource_access.realm-management.roles',
      'allowed-origins',
      'cnf.jkt',
    ],
    ...['__proto__.polluted', 'constructor.prototype.polluted', 'a.__proto__.polluted', '', '.', 'a..b'],
  ])('never writes %j, which says whom a token is about or what it is good for', (name) => {
    expect(
      claimsOf(hardcoded, { 'claim.name': name, 'claim.value': 'mine', 'jsonType.label': 'String' }),
    ).toEqual({});
    expect(
      claimsOf(ofRealm, { 'claim.name': name === 'realm_access.roles' ? 'realm_access' : name }),
    ).not.toHaveProperty('sub');
    expect(Object.prototype).not.toHaveProperty('polluted');
  });
});
