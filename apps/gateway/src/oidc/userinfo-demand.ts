import type { Realm } from '@tumbler/contract-users';
import { acrMapOf, levelOfAcr } from './acr.js';
import type { Client } from './clients/client-settings.js';
import type { VerifiedToken } from './tokens/access-tokens.js';

/** What a login has to be so that its token opens userinfo. */
export interface Demand {
  acr?: string;
  /** Seconds. */
  maxAge?: number;
}

/**
 * What of it a token lacks, by the attributes `userinfo.minimum.acr.value` and `userinfo.max.age` of the client or else
 * of the realm. A demand that cannot be read is one that nobody meets.
 */
export function lacking(
  realm: Realm,
  client: Client,
  { claims }: Pick<VerifiedToken, 'claims'>,
  now: Date,
): Demand | undefined {
  const set = (name: string): string | undefined => client.attributes[name] || realm.attributes[name];
  const acr = set('userinfo.minimum.acr.value');
  const maxAge = set('userinfo.max.age');
  const map = acrMapOf(realm, client);
  const level = levelOfAcr(map, String(claims.acr)) ?? 0;
  const isTooLow = acr !== undefined && level < (levelOfAcr(map, acr) ?? Infinity);
  const age = now.getTime() / 1000 - Number(claims.auth_time ?? 0);
  const isTooOld = maxAge !== undefined && !(age <= Number(maxAge));
  if (!isTooLow && !isTooOld) return undefined;
  return { ...(isTooLow ? { acr } : {}), ...(isTooOld ? { maxAge: Number(maxAge) } : {}) };
}
