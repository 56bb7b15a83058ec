import { createHash } from 'node:crypto';
import type { ProtocolMapper } from './client-settings.js';

export interface ClientScope {
  id: string;
  name: string;
  description?: string;
  protocol: 'openid-connect';
  attributes: Record<string, string>;
  protocolMappers: ProtocolMapper[];
  /** Ids of roles: users without any of them do not get what the scope gives, and clients without the full scope get these. */
  roles: string[];
  /** Whether new clients of the realm have it always, may ask for it, or neither. */
  assigned: Assigned;
}
export const ASSIGNED = ['default', 'optional', 'none'] as const;
export type Assigned = (typeof ASSIGNED)[number];

/** Whether tokens name it among their scopes. */
export const isNamed = ({ attributes }: Pick<ClientScope, 'attributes'>): boolean =>
  attributes['include.in.token.scope'] !== 'false';

type Mapper = Omit<ProtocolMapper, 'id' | 'protocol'>;

const EVERYWHERE = {
  'access.token.claim': 'true',
  'id.token.claim': 'true',
  'userinfo.token.claim': 'true',
  'introspection.token.claim': 'true',
};
const ACCESS_TOKEN = { 'access.token.claim': 'true', 'introspection.token.claim': 'true' };

const claim = (name: string, type = 'String') => ({
  ...EVERYWHERE,
  'claim.name': name,
  'jsonType.label': type,
});

const attribute = (name: string, of: string, as: string): Mapper => ({
  name,
  protocolMapper: 'oidc-usermodel-attribute-mapper',
  config: { ...claim(as), 'user.attribute': of },
});

const property = (name: string, of: string, as: string, type?: string): Mapper => ({
  name,
  protocolMapper: 'oidc-usermodel-property-mapper',
  config: { ...claim(as, type), 'user.attribute': of },
});

const MAPPERS: Record<string, Mapper[]> = {
  basic: [
    { name: 'sub', protocolMapper: 'oidc-sub-mapper', config: ACCESS_TOKEN },
    {
      name: 'auth_time',
      protocolMapper: 'oidc-usersessionmodel-note-mapper',
      config: { ...claim('auth_time', 'long'), 'user.session.note': 'AUTH_TIME' },
    },
  ],
  profile: [
    { name: 'full name', protocolMapper: 'oidc-full-name-mapper', config: EVERYWHERE },
    property('username', 'username', 'preferred_username'),
    property('given name', 'firstName', 'given_name'),
    property('family name', 'lastName', 'family_name'),
    ...['middleName:middle_name', 'nickname', 'profile', 'picture', 'website', 'gender', 'birthdate'].map(of),
    ...['zoneinfo', 'locale'].map(of),
    {
      name: 'updated at',
      protocolMapper: 'oidc-usermodel-attribute-mapper',
      config: { ...claim('updated_at', 'long'), 'user.attribute': 'updatedAt' },
    },
  ],
  email: [
    property('email', 'email', 'email'),
    property('email verified', 'emailVerified', 'email_verified', 'boolean'),
  ],
  address: [
    {
      name: 'address',
      protocolMapper: 'oidc-address-mapper',
      config: {
        ...EVERYWHERE,
        'user.attribute.street': 'street',
        'user.attribute.locality': 'locality',
        'user.attribute.region': 'region',
        'user.attribute.postal_code': 'postal_code',
        'user.attribute.country': 'country',
        'user.attribute.formatted': 'formatted',
      },
    },
  ],
  phone: [
    attribute('phone number', 'phoneNumber', 'phone_number'),
    {
      name: 'phone number verified',
      protocolMapper: 'oidc-usermodel-attribute-mapper',
      config: { ...claim('phone_number_verified', 'boolean'), 'user.attribute': 'phoneNumberVerified' },
    },
  ],
  roles: [
    {
      name: 'realm roles',
      protocolMapper: 'oidc-usermodel-realm-role-mapper',
      config: { ...ACCESS_TOKEN, 'claim.name': 'realm_access.roles', multivalued: 'true' },
    },
    {
      name: 'client roles',
      protocolMapper: 'oidc-usermodel-client-role-mapper',
      config: { ...ACCESS_TOKEN, 'claim.name': 'resource_access.${client_id}.roles', multivalued: 'true' },
    },
    { name: 'audience resolve', protocolMapper: 'oidc-audience-resolve-mapper', config: ACCESS_TOKEN },
  ],
  'web-origins': [
    { name: 'allowed web origins', protocolMapper: 'oidc-allowed-origins-mapper', config: ACCESS_TOKEN },
  ],
  acr: [
    {
      name: 'acr loa level',
      protocolMapper: 'oidc-acr-mapper',
      config: { ...ACCESS_TOKEN, 'id.token.claim': 'true' },
    },
  ],
  'microprofile-jwt': [
    property('upn', 'username', 'upn'),
    {
      name: 'groups',
      protocolMapper: 'oidc-usermodel-realm-role-mapper',
      config: { ...EVERYWHERE, 'claim.name': 'groups', multivalued: 'true' },
    },
  ],
};

/** `middleName:middle_name`: an attribute, and the claim that it becomes where that has another name. */
function of(text: string): Mapper {
  const [from = '', to = from] = text.split(':');
  return attribute(to.replace('_', ' '), from, to);
}

interface BuiltIn {
  description: string;
  isNamed: boolean;
  assigned: Assigned;
}

/** The scopes of every realm, by Keycloak's names. */
const BUILT_IN: Record<string, BuiltIn> = {
  acr: {
    description: 'OpenID Connect scope for add acr (authentication context class reference) to the token',
    isNamed: false,
    assigned: 'default',
  },
  address: { description: 'OpenID Connect built-in scope: address', isNamed: true, assigned: 'optional' },
  basic: {
    description: 'OpenID Connect scope for add all basic claims to the token',
    isNamed: false,
    assigned: 'default',
  },
  email: { description: 'OpenID Connect built-in scope: email', isNamed: true, assigned: 'default' },
  'microprofile-jwt': {
    description: 'Microprofile - JWT built-in scope',
    isNamed: true,
    assigned: 'optional',
  },
  offline_access: {
    description: 'OpenID Connect built-in scope: offline_access',
    isNamed: true,
    assigned: 'optional',
  },
  phone: { description: 'OpenID Connect built-in scope: phone', isNamed: true, assigned: 'optional' },
  profile: { description: 'OpenID Connect built-in scope: profile', isNamed: true, assigned: 'default' },
  roles: {
    description: 'OpenID Connect scope for add user roles to the access token',
    isNamed: false,
    assigned: 'default',
  },
  'web-origins': {
    description: 'OpenID Connect scope for add allowed web origins to the access token',
    isNamed: false,
    assigned: 'default',
  },
};

/** What a new client gets where the realm says nothing else (keycloak.md §5.5). */
export const DEFAULT_SCOPES = ['web-origins', 'acr', 'profile', 'roles', 'basic', 'email'];
export const OPTIONAL_SCOPES = ['address', 'phone', 'offline_access', 'microprofile-jwt'];

/** OpenID Connect Core §5.4: which claims a scope stands for. */
export const CLAIMS_OF_SCOPES = {
  profile: [
    ...['name', 'preferred_username', 'given_name', 'family_name', 'middle_name', 'nickname', 'profile'],
    ...['picture', 'website', 'gender', 'birthdate', 'zoneinfo', 'locale', 'updated_at'],
  ],
  email: ['email', 'email_verified'],
  phone: ['phone_number', 'phone_number_verified'],
  address: ['address'],
};

const STANDARD_CLAIMS = new Set(Object.values(CLAIMS_OF_SCOPES).flat());

/** Whether any application may ask for a claim by its name: one of an administrator's comes with its scope alone. */
export const isStandardClaim = (name: string): boolean => STANDARD_CLAIMS.has(name);

export const BUILT_IN_NAMES = Object.keys(BUILT_IN);

export const isBuiltIn = (name: string): boolean => Object.hasOwn(BUILT_IN, name);

export const builtInScopes = (realmId: string): ClientScope[] =>
  Object.entries(BUILT_IN).map(([name, { description, isNamed, assigned }]) => ({
    id: idOf(`client-scope/${realmId}/${name}`),
    name,
    description,
    protocol: 'openid-connect',
    attributes: { 'include.in.token.scope': String(isNamed), 'display.on.consent.screen': String(isNamed) },
    protocolMappers: (MAPPERS[name] ?? []).map((mapper) => ({
      ...mapper,
      id: idOf(`protocol-mapper/${realmId}/${name}/${mapper.name}`),
      protocol: 'openid-connect',
    })),
    roles: [],
    assigned,
  }));

/** The same each time, so that nothing needs to be stored before it is changed. */
function idOf(place: string): string {
  const hex = createHash('sha256').update(place).digest('hex');
  return [
    hex.slice(0, 8),
    hex.slice(8, 12),
    `8${hex.slice(13, 16)}`,
    `8${hex.slice(17, 20)}`,
    hex.slice(20, 32),
  ].join('-');
}
