import { CLAIMS_OF_SCOPES, isBuiltIn } from '../clients/built-in-scopes.js';
import type { Client } from '../clients/client-settings.js';
import { undisguised } from '../provider/offline-scope.js';

/**
 * What a user is asked about, with the key of its text; the other built-in scopes tell nothing of a user. What one that an
 * administrator made tells, its mappers decide: it is asked about by its name.
 */
const ASKED_ABOUT: Record<string, string> = {
  profile: 'profileScopeConsentText',
  email: 'emailScopeConsentText',
  address: 'addressScopeConsentText',
  phone: 'phoneScopeConsentText',
  roles: 'rolesScopeConsentText',
  'microprofile-jwt': 'microprofileScopeConsentText',
  offline_access: 'offlineAccessScopeConsentText',
};

export const textOfScope = (scope: string): string => ASKED_ABOUT[scope] ?? scope;

/** What of an authorization request is about its user. `claims` is JSON, as it came. */
export interface AskedOfUser {
  scope?: unknown;
  claims?: unknown;
}

/** The scopes that a request needs the consent of its user for. A claim that is asked for by name stands for its scope. */
export function scopesToConsent(
  { defaultClientScopes, optionalClientScopes }: Client,
  { scope, claims }: AskedOfUser,
): string[] {
  const asked = new Set(undisguised(typeof scope === 'string' ? scope : '').split(' '));
  const wanted = new Set([
    ...defaultClientScopes,
    ...optionalClientScopes.filter((name) => asked.has(name)),
    ...scopesOfClaims(claims),
  ]);
  const made = [...wanted].filter((name) => !isBuiltIn(name)).sort();
  return [...Object.keys(ASKED_ABOUT).filter((name) => wanted.has(name)), ...made];
}

function scopesOfClaims(claims: unknown): string[] {
  const named = new Set(Object.values(parsed(claims)).flatMap((part) => Object.keys(part ?? {})));
  return Object.entries(CLAIMS_OF_SCOPES).flatMap(([scope, of]) =>
    of.some((claim) => named.has(claim)) ? [scope] : [],
  );
}

function parsed(claims: unknown): Record<string, object | null> {
  if (typeof claims !== 'string') return {};
  try {
    const read: unknown = JSON.parse(claims);
    return typeof read === 'object' && read !== null ? (read as Record<string, object | null>) : {};
  } catch {
    return {};
  }
}
