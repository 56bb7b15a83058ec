import { createHash } from 'node:crypto';

export interface ClientScope {
  name: string;
  description: string;
  /** Whether tokens name it among their scopes. */
  inToken: boolean;
}

/** The scopes of every realm, by Keycloak's names. What each of them puts into a token is said in `tokens/claims.ts`. */
export const CLIENT_SCOPES: ClientScope[] = [
  {
    name: 'acr',
    description: 'OpenID Connect scope for add acr (authentication context class reference) to the token',
    inToken: false,
  },
  { name: 'address', description: 'OpenID Connect built-in scope: address', inToken: true },
  {
    name: 'basic',
    description: 'OpenID Connect scope for add all basic claims to the token',
    inToken: false,
  },
  { name: 'email', description: 'OpenID Connect built-in scope: email', inToken: true },
  { name: 'microprofile-jwt', description: 'Microprofile - JWT built-in scope', inToken: true },
  { name: 'offline_access', description: 'OpenID Connect built-in scope: offline_access', inToken: true },
  { name: 'phone', description: 'OpenID Connect built-in scope: phone', inToken: true },
  { name: 'profile', description: 'OpenID Connect built-in scope: profile', inToken: true },
  {
    name: 'roles',
    description: 'OpenID Connect scope for add user roles to the access token',
    inToken: false,
  },
  {
    name: 'web-origins',
    description: 'OpenID Connect scope for add allowed web origins to the access token',
    inToken: false,
  },
];

/** What a new client gets (keycloak.md §5.5). */
export const DEFAULT_SCOPES = ['web-origins', 'acr', 'profile', 'roles', 'basic', 'email'];
export const OPTIONAL_SCOPES = ['address', 'phone', 'offline_access', 'microprofile-jwt'];

/** The same for a scope of a realm each time, so that nothing needs to be stored. */
export function scopeId(realmId: string, name: string): string {
  const hex = createHash('sha256').update(`client-scope/${realmId}/${name}`).digest('hex');
  return [
    hex.slice(0, 8),
    hex.slice(8, 12),
    `8${hex.slice(13, 16)}`,
    `8${hex.slice(17, 20)}`,
    hex.slice(20, 32),
  ].join('-');
}

/** OpenID Connect Core §5.4: which claims a scope stands for. */
export const CLAIMS_OF_SCOPES = {
  profile: ['name', 'preferred_username', 'given_name', 'family_name', 'locale'],
  email: ['email', 'email_verified'],
  phone: ['phone_number'],
  address: ['address'],
};
