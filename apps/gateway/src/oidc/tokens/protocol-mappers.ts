import type { LoginUser } from '@tumbler/contract-users';
import type { JWTPayload } from 'jose';
import type { Client, ProtocolMapper } from '../clients/client-settings.js';
import { webOriginsOf } from '../provider/client-metadata.js';

/** Where a claim goes, by the name of the setting that sends it there. */
export type ClaimsOf =
  'access.token.claim' | 'id.token.claim' | 'userinfo.token.claim' | 'introspection.token.claim';

/** What mappers make claims of. */
export interface Mapped {
  user: LoginUser;
  client: Client;
  /** Of the user's roles, those that the client is told. */
  roles: string[];
  clientRoles: Record<string, string[]>;
  /** Paths of the groups that the user is in. Empty where no mapper asks. */
  groups: string[];
  /** By Keycloak's names of the notes of a session. */
  notes: Record<string, string>;
}

/** Claims that say whom a token is about and whether it is good: no mapper writes over them. */
const OURS = new Set([
  ...[
    'iss',
    'sub',
    'aud',
    'exp',
    'iat',
    'nbf',
    'jti',
    'typ',
    'azp',
    'sid',
    'nonce',
    'auth_time',
    'acr',
    'amr',
  ],
  ...['scope', 'at_hash', 'asked', 'client_id', 'active', 'token_type', 'username', 'cnf', 'act', 'may_act'],
  ...[
    'allowed-origins',
    'realm_access',
    'resource_access',
    'events',
    '__proto__',
    'constructor',
    'prototype',
  ],
]);
/** Mappers of roles write their own place, and nothing else in it (keycloak.md §8.3). */
const OF_ROLES: Record<string, RegExp> = {
  'oidc-usermodel-realm-role-mapper': /^realm_access\.roles$/,
  'oidc-usermodel-client-role-mapper': /^resource_access\.(?:[^.\\]|\\\.)+\.roles$/,
};

type Config = Record<string, string>;
type Values = (mapped: Mapped, config: Config) => { [path: string]: unknown };
const claim =
  (value: (mapped: Mapped, config: Config) => unknown): Values =>
  (mapped, config) => ({ [config['claim.name'] ?? '']: value(mapped, config) });

const PROPERTIES: Record<string, (user: LoginUser) => unknown> = {
  id: ({ id }) => id,
  username: ({ username }) => username,
  email: ({ email }) => email,
  emailVerified: ({ emailVerified }) => emailVerified,
  firstName: ({ firstName }) => firstName || undefined,
  lastName: ({ lastName }) => lastName || undefined,
};

const ADDRESS = {
  street_address: 'street',
  locality: 'locality',
  region: 'region',
  postal_code: 'postal_code',
  country: 'country',
  formatted: 'formatted',
};

/** Told whatever the mappers say, since this server reads them itself: the subject, the level, the methods. */
const ALWAYS_TOLD: Values = () => ({});

/** Keycloak's mappers by its names, each with the values that it makes. */
const MAPPERS: Record<string, Values> = {
  'oidc-sub-mapper': ALWAYS_TOLD,
  'oidc-acr-mapper': ALWAYS_TOLD,
  'oidc-amr-mapper': ALWAYS_TOLD,
  'oidc-usermodel-attribute-mapper': claim(({ user }, config) => {
    const values = user.attributes[config['user.attribute'] ?? ''];
    return config.multivalued === 'true' ? values : values?.[0];
  }),
  'oidc-usermodel-property-mapper': claim(({ user }, { 'user.attribute': name = '' }) =>
    Object.hasOwn(PROPERTIES, name) ? PROPERTIES[name]!(user) : undefined,
  ),
  'oidc-full-name-mapper': ({ user: { firstName, lastName } }) => ({
    name: [firstName, lastName].filter(Boolean).join(' ') || undefined,
  }),
  'oidc-address-mapper': ({ user: { attributes } }, config) => {
    const said = Object.entries(ADDRESS).flatMap(([part, usual]) => {
      const value = attributes[config[`user.attribute.${usual}`] ?? usual]?.[0];
      return value ? [[part, value]] : [];
    });
    return { address: said.length > 0 ? Object.fromEntries(said) : undefined };
  },
  'oidc-group-membership-mapper': claim(({ groups }, config) =>
    config['full.path'] === 'false' ? groups.map((path) => path.slice(path.lastIndexOf('/') + 1)) : groups,
  ),
  'oidc-usermodel-realm-role-mapper': claim(({ roles }, config) =>
    several(config, roles, config['usermodel.realmRoleMapping.rolePrefix']),
  ),
  'oidc-usermodel-client-role-mapper': ({ clientRoles }, config) => {
    const { 'usermodel.clientRoleMapping.clientId': only, 'claim.name': name = '' } = config;
    const told = Object.entries(clientRoles).filter(([of]) => !only || of === only);
    return Object.fromEntries(
      told.map(([of, names]) => [
        name.replaceAll('${client_id}', of.replaceAll('.', '\\.')),
        several(config, names, config['usermodel.clientRoleMapping.rolePrefix']),
      ]),
    );
  },
  'oidc-audience-mapper': (_mapped, config) => ({
    aud: config['included.client.audience'] || config['included.custom.audience'] || undefined,
  }),
  'oidc-audience-resolve-mapper': ({ client, clientRoles }) => ({
    aud: Object.keys(clientRoles).filter((of) => of !== client.clientId),
  }),
  'oidc-hardcoded-claim-mapper': claim((_mapped, config) => config['claim.value']),
  'oidc-allowed-origins-mapper': ({ client }) => {
    const origins = webOriginsOf(client);
    return { 'allowed-origins': origins.length > 0 ? origins : undefined };
  },
  'oidc-usersessionmodel-note-mapper': claim(({ notes }, { 'user.session.note': note = '' }) =>
    Object.hasOwn(notes, note) ? notes[note] : undefined,
  ),
};

const several = (config: Config, names: string[], prefix = ''): string[] | string | undefined => {
  const told = names.map((name) => `${prefix}${name}`);
  return config.multivalued === 'false' ? told[0] : told;
};

export const isMapper = (name: string): boolean => Object.hasOwn(MAPPERS, name);

export const asksForGroups = ({ protocolMapper }: Pick<ProtocolMapper, 'protocolMapper'>): boolean =>
  protocolMapper === 'oidc-group-membership-mapper';

/** What the mappers say in one place; with the names of claims, only these. */
export function mappedClaims(
  mappers: ProtocolMapper[],
  mapped: Mapped,
  where: ClaimsOf | { names: string[] },
): JWTPayload {
  const claims: JWTPayload = {};
  for (const { protocolMapper, config } of mappers) {
    if (typeof where === 'string' && config[where] !== 'true') continue;
    const values = Object.hasOwn(MAPPERS, protocolMapper) ? MAPPERS[protocolMapper]!(mapped, config) : {};
    for (const [path, value] of Object.entries(values)) {
      if (value === undefined || (Array.isArray(value) && value.length === 0)) continue;
      if (typeof where !== 'string' && !where.names.includes(path)) continue;
      if (path === 'aud' && protocolMapper.startsWith('oidc-audience-')) {
        claims.aud = [...new Set([claims.aud ?? [], value as string | string[]].flat())];
      } else if (path === 'allowed-origins' && protocolMapper === 'oidc-allowed-origins-mapper') {
        claims[path] = value;
      } else {
        const ofRoles = OF_ROLES[protocolMapper]?.test(path) ?? false;
        write(claims, path, typed(value, config['jsonType.label']), ofRoles);
      }
    }
  }
  return claims;
}

/** Dots lead into objects; one after a backslash is part of a name. */
function write(claims: JWTPayload, path: string, value: unknown, ofRoles: boolean): void {
  const steps = path.split(/(?<!\\)\./).map((step) => step.replaceAll('\\.', '.'));
  const last = steps.pop();
  const names = [...steps, last ?? ''];
  const isOurs = OURS.has(names[0]!) && !ofRoles;
  if (value === undefined || isOurs || names.some((name) => name === '' || FORBIDDEN.has(name))) return;
  let place: Record<string, unknown> = claims;
  for (const step of steps) {
    const inner = Object.hasOwn(place, step) ? place[step] : undefined;
    const next = typeof inner === 'object' && inner !== null && !Array.isArray(inner) ? inner : {};
    place[step] = next;
    place = next as Record<string, unknown>;
  }
  place[last!] = value;
}

/** Names by which one would reach what all objects share. */
const FORBIDDEN = new Set(['__proto__', 'constructor', 'prototype']);

/** As the type that the mapper names; what cannot be that is left out. */
function typed(value: unknown, type: string | undefined): unknown {
  if (Array.isArray(value))
    return value.map((each) => typed(each, type)).filter((each) => each !== undefined);
  if (typeof value !== 'string') return value;
  switch (type) {
    case 'int':
    case 'long':
      return /^-?\d{1,15}$/.test(value) ? Number(value) : undefined;
    case 'boolean':
      return value === 'true';
    case 'JSON':
      return parsed(value);
    default:
      return value;
  }
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}
