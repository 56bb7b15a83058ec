import type { LoginUser, Realm } from '@tumbler/contract-users';
import type { JWTPayload } from 'jose';
import { CLIENT_SCOPES } from '../clients/client-scopes.js';
import type { Client } from '../clients/client-settings.js';
import { webOriginsOf } from '../provider/client-metadata.js';
import { mappedClaims, type ClaimsOf } from './protocol-mappers.js';

const NAMED = new Set(CLIENT_SCOPES.filter(({ inToken }) => inToken).map(({ name }) => name));

/** What a client gets of what it asks for: its default scopes always, and of the others those that it may have. */
export function grantedScope(
  { defaultClientScopes, optionalClientScopes }: Pick<Client, 'defaultClientScopes' | 'optionalClientScopes'>,
  asked = '',
): string {
  const wanted = new Set(asked.split(' '));
  const granted = [
    ...(wanted.has('openid') ? ['openid'] : []),
    ...defaultClientScopes,
    ...optionalClientScopes.filter((name) => wanted.has(name)),
  ];
  return [...new Set(granted)].filter((name) => name === 'openid' || NAMED.has(name)).join(' ');
}

export const issuerOf = (publicUrl: string, { name }: Pick<Realm, 'name'>): string =>
  `${publicUrl}/realms/${encodeURIComponent(name)}`;

/** The name of the realm that an issuer of ours stands for. */
export function realmOfIssuer(publicUrl: string, issuer: string | undefined): string | undefined {
  const prefix = `${publicUrl}/realms/`;
  if (!issuer?.startsWith(prefix)) return undefined;
  try {
    return decodeURIComponent(issuer.slice(prefix.length));
  } catch {
    return undefined;
  }
}

/** What a token tells of the session that it belongs to. */
export interface TokenSession {
  id: string;
  /** The session of the browser, where this one is an offline one that began in it. */
  browserId?: string;
  /** Seconds since 1970. */
  authTime: number;
  /** RFC 8176 */
  amr: string[];
  /** The level of authentication that the tokens were given for; `1` where nothing is said. */
  acr?: string;
}

export interface TokenSubject {
  user: LoginUser;
  client: Client;
  scope: string;
  /** Absent where a client acts for itself. */
  session?: TokenSession;
  /** Claims that were asked for by name (OpenID Connect Core §5.5). */
  asked?: { id_token?: string[]; userinfo?: string[] };
  nonce?: string;
}

/** What is said of how the user came in: the level is that of the login (keycloak.md §8.4). */
const loginClaims = ({ id, authTime, amr, acr = '1' }: TokenSession): JWTPayload => ({
  auth_time: authTime,
  sid: id,
  acr,
  amr,
});

/** Everything that an access token says but when, who issued it and its own name (keycloak.md §8.3). */
export function accessClaims({ user, session, client, scope, asked }: TokenSubject): JWTPayload {
  const origins = webOriginsOf(client);
  return {
    typ: 'Bearer',
    azp: client.clientId,
    ...(session ? loginClaims(session) : { acr: '1', client_id: client.clientId }),
    ...(origins.length > 0 ? { 'allowed-origins': origins } : {}),
    ...roleClaims(user, client),
    scope,
    ...(asked?.userinfo?.length ? { asked: asked.userinfo } : {}),
    ...userClaims(user, client, scope, 'access.token.claim'),
  };
}

/** A client without the full scope is told of its own roles and of nobody else's (RFC 9700 §2.3). */
function roleClaims(
  { roles, clientRoles = {} }: LoginUser,
  { clientId, defaultClientScopes, fullScopeAllowed }: Client,
): JWTPayload {
  if (!defaultClientScopes.includes('roles')) return {};
  const told = Object.entries(clientRoles).filter(([of]) => fullScopeAllowed || of === clientId);
  const access = told.map(([of, names]) => [of, { roles: names }]);
  return {
    ...(fullScopeAllowed ? { realm_access: { roles } } : {}),
    ...(access.length > 0 ? { resource_access: Object.fromEntries(access) } : {}),
  };
}

/** OpenID Connect Core §2. @param atHash of the access token beside it. */
export function idClaims(
  { user, session, client, scope, asked, nonce }: TokenSubject,
  atHash: string,
): JWTPayload {
  const { aud: _audience, ...claims } = userClaims(user, client, scope, 'id.token.claim', asked?.id_token);
  return {
    typ: 'ID',
    aud: client.clientId,
    azp: client.clientId,
    ...(session ? { ...loginClaims(session), sid: session.browserId ?? session.id } : {}),
    ...(nonce !== undefined ? { nonce } : {}),
    at_hash: atHash,
    ...claims,
  };
}

/** OpenID Connect Core §5.3.2 */
export function userinfoClaims({ user, client, scope, asked }: TokenSubject): JWTPayload {
  const { aud: _audience, ...claims } = userClaims(
    user,
    client,
    scope,
    'userinfo.token.claim',
    asked?.userinfo,
  );
  return { sub: user.id, ...claims };
}

function userClaims(
  user: LoginUser,
  { protocolMappers }: Client,
  scope: string,
  where: ClaimsOf,
  named: string[] = [],
): JWTPayload {
  const scopes = new Set(scope.split(' '));
  const claims = Object.entries(STANDARD_CLAIMS).flatMap(([of, make]) =>
    Object.entries(make(user)).filter(
      ([name, value]) => value !== undefined && (scopes.has(of) || named.includes(name)),
    ),
  );
  return { ...Object.fromEntries(claims), ...mappedClaims(protocolMappers, user, where) };
}

/** OpenID Connect Core §5.1, §5.4: which claims a scope stands for. */
const STANDARD_CLAIMS: Record<string, (user: LoginUser) => JWTPayload> = {
  email: ({ email, emailVerified }) => ({ email_verified: emailVerified, email }),
  profile: ({ username, firstName, lastName, attributes }) => ({
    name: [firstName, lastName].filter(Boolean).join(' ') || undefined,
    preferred_username: username,
    given_name: firstName || undefined,
    family_name: lastName || undefined,
    locale: attributes.locale?.[0],
  }),
  phone: ({ attributes }) => ({ phone_number: attributes.phoneNumber?.[0] }),
  address: ({ attributes }) => {
    const parts = {
      street_address: 'street',
      locality: 'locality',
      region: 'region',
      postal_code: 'postal_code',
      country: 'country',
    };
    const said = Object.entries(parts).flatMap(([claim, name]) =>
      attributes[name]?.[0] ? [[claim, attributes[name][0]]] : [],
    );
    return { address: said.length > 0 ? Object.fromEntries(said) : undefined };
  },
  'microprofile-jwt': ({ username, roles }) => ({ upn: username, groups: roles }),
};
