import type { LoginUser, Realm } from '@tumbler/contract-users';
import type { JWTPayload } from 'jose';

/** What Keycloak grants when nothing is asked for; `openid` is added where it is (OpenID Connect Core §3.1.2.1). */
const DEFAULT_SCOPE = 'profile email';

export function grantedScope(asked = ''): string {
  return asked.split(' ').includes('openid') ? `openid ${DEFAULT_SCOPE}` : DEFAULT_SCOPE;
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

export interface TokenSubject {
  user: LoginUser;
  sessionId: string;
  clientId: string;
  scope: string;
}

/** Everything that an access token says but when, who issued it and its own name (keycloak.md §8.3). */
export function accessClaims({ user, sessionId, clientId, scope }: TokenSubject): JWTPayload {
  return {
    typ: 'Bearer',
    azp: clientId,
    sid: sessionId,
    acr: '1',
    realm_access: { roles: user.roles },
    scope,
    ...profile(user),
  };
}

/** OpenID Connect Core §2 */
export function idClaims({ user, sessionId, clientId }: TokenSubject, authTime: number): JWTPayload {
  return {
    typ: 'ID',
    aud: clientId,
    azp: clientId,
    auth_time: authTime,
    sid: sessionId,
    acr: '1',
    ...profile(user),
  };
}

function profile({ username, email, emailVerified, firstName, lastName }: LoginUser): JWTPayload {
  const name = [firstName, lastName].filter(Boolean).join(' ');
  return {
    email_verified: emailVerified,
    ...(name ? { name } : {}),
    preferred_username: username,
    ...(firstName ? { given_name: firstName } : {}),
    ...(lastName ? { family_name: lastName } : {}),
    ...(email ? { email } : {}),
  };
}
