import type { LoginUser, Realm } from '@tumbler/contract-users';
import type { JWTPayload } from 'jose';
import { isNamed, isStandardClaim, type ClientScope } from '../clients/built-in-scopes.js';
import type { Client } from '../clients/client-settings.js';
import type { Facts } from './mapped-facts.js';
import { mappedClaims, type ClaimsOf } from './protocol-mappers.js';

/** What a client gets of what it asks for: its default scopes always, and of the others those that it may have. */
export function grantedScope(
  { defaultClientScopes, optionalClientScopes }: Pick<Client, 'defaultClientScopes' | 'optionalClientScopes'>,
  scopes: ClientScope[],
  asked = '',
): string {
  const wanted = new Set(asked.split(' '));
  const known = new Map(scopes.map((scope) => [scope.name, scope]));
  // One that was asked for is kept with the session by its name, and so it is told in any case.
  const granted = [
    ...(wanted.has('openid') ? ['openid'] : []),
    ...defaultClientScopes.filter((name) => known.has(name) && isNamed(known.get(name)!)),
    ...optionalClientScopes.filter((name) => known.has(name) && wanted.has(name)),
  ];
  return [...new Set(granted)].join(' ');
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
export function accessClaims({ session, client, scope, asked }: TokenSubject, facts: Facts): JWTPayload {
  return {
    typ: 'Bearer',
    azp: client.clientId,
    ...(session ? loginClaims(session) : { acr: '1', client_id: client.clientId }),
    scope,
    ...(asked?.userinfo?.length ? { asked: asked.userinfo } : {}),
    ...userClaims(facts, 'access.token.claim'),
  };
}

/** OpenID Connect Core §2. @param atHash of the access token beside it. */
export function idClaims(
  { session, client, asked, nonce }: TokenSubject,
  facts: Facts,
  atHash: string,
): JWTPayload {
  const { aud: _audience, ...claims } = userClaims(facts, 'id.token.claim', asked?.id_token);
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
export function userinfoClaims({ user, asked }: TokenSubject, facts: Facts): JWTPayload {
  const { aud: _audience, ...claims } = userClaims(facts, 'userinfo.token.claim', asked?.userinfo);
  return { sub: user.id, ...claims };
}

/** What the mappers say, and the standard claims that were asked for by name, whatever the scopes (OpenID Connect Core §5.5). */
function userClaims(facts: Facts, where: ClaimsOf, asked: string[] = []): JWTPayload {
  const said = mappedClaims(facts.mappers, facts, where);
  const names = asked.filter(isStandardClaim);
  return names.length > 0 ? { ...mappedClaims(facts.known, facts, { names }), ...said } : said;
}
