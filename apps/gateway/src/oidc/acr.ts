import type { Wanted } from '@tumbler/contract-flows';
import type { Realm } from '@tumbler/contract-users';
import { errors } from 'oidc-provider';
import type { Client } from './clients/client-settings.js';

type AcrClient = Pick<Client, 'attributes' | 'defaultClientScopes' | 'optionalClientScopes'>;

/** By the name of a level (an `acr`), the level. */
export type AcrMap = ReadonlyMap<string, number>;

/** What an authorization request says of it, as far as we look. */
export interface AcrParams {
  acr_values?: string;
  claims?: string;
  scope?: string;
}

/** Nobody reaches it: what a demand stands for whose name means nothing, so that it is not dropped in silence. */
const UNREACHABLE = 2_147_483_647;

/** What a client is set to demand. Where it names no levels of its own, those of the realm count (keycloak.md §8.4). */
export function acrMapOf(
  { attributes: ofRealm }: Pick<Realm, 'attributes'>,
  { attributes }: AcrClient,
): AcrMap {
  const own = readAcrMap(attributes['acr.loa.map']);
  return own?.size ? own : (readAcrMap(ofRealm['acr.loa.map']) ?? new Map());
}

/** `{"silver": "1", "gold": 2}`; undefined for what is no such map. */
export function readAcrMap(text = '{}'): AcrMap | undefined {
  const read = parsed(text);
  if (typeof read !== 'object' || read === null || Array.isArray(read)) return undefined;
  const entries = Object.entries(read).map(([name, level]) => [name, levelNumber(String(level))] as const);
  return entries.every((entry): entry is [string, number] => entry[1] !== undefined)
    ? new Map(entries)
    : undefined;
}

/** A name that is not in the map is a level if it is a number. */
export const levelOfAcr = (map: AcrMap, name: string): number | undefined =>
  map.get(name) ?? levelNumber(name);

const levelNumber = (text: string): number | undefined => (/^\d{1,9}$/.test(text) ? Number(text) : undefined);

/** Throws `invalid_request` where a request demands what means nothing here (OpenID Connect Core §5.5.1.1). */
export function mustBeKnown(realm: Realm, client: AcrClient, params: AcrParams): void {
  if (acrClaim(params.claims).isMalformed) {
    throw new errors.InvalidRequest('invalid claims.id_token.acr.values type');
  }
  const { names, essential } = namesAsked(client, params);
  const map = acrMapOf(realm, client);
  if (essential && names.some((name) => levelOfAcr(map, name) === undefined)) {
    throw new errors.InvalidRequest('an essential acr of the claims parameter is not known');
  }
}

/** What a request wants of the login: how high it should lead, and how high it must. */
export function wantedBy(realm: Realm, client: AcrClient, params: AcrParams): Wanted {
  const map = acrMapOf(realm, client);
  const scopes = scopesOf(client, params.scope);
  const { names, essential } = namesAsked(client, params);
  const unknown = essential ? UNREACHABLE : undefined;
  const known = names.map((name) => levelOfAcr(map, name) ?? unknown).filter((level) => level !== undefined);
  const { 'minimum.acr.value': minimum } = client.attributes;
  const least = minimum ? [levelOfAcr(map, minimum) ?? UNREACHABLE] : [];
  const must = [...least, ...(essential ? [Math.min(...known)] : [])];
  return {
    scopes,
    ...(known.length + least.length > 0 ? { level: Math.max(...known, ...least) } : {}),
    ...(must.length > 0 ? { mustReach: Math.max(...must) } : {}),
  };
}

/** How a level is called in a token: by a name that was asked for, or else by the highest that it reaches. */
export function acrOf(level: number, realm: Realm, client: AcrClient, params: AcrParams): string {
  const map = acrMapOf(realm, client);
  const reached = (names: Iterable<string>) =>
    [...names]
      .map((name) => ({ name, level: levelOfAcr(map, name) ?? UNREACHABLE }))
      .filter((each) => each.level <= level)
      .toSorted((a, b) => b.level - a.level)[0]?.name;
  return reached(namesAsked(client, params).names) ?? reached(map.keys()) ?? String(level);
}

/** The names that a realm is known for to clients (OpenID Connect Discovery §3). */
export function acrValuesOf({ attributes }: Pick<Realm, 'attributes'>): string[] {
  const map = readAcrMap(attributes['acr.loa.map']);
  return map?.size ? [...map.keys()] : ['0', '1'];
}

/** Client scopes by name: those that come always, and those that were asked for. */
function scopesOf({ defaultClientScopes, optionalClientScopes }: AcrClient, scope = ''): string[] {
  const asked = new Set(scope.split(' '));
  return [...defaultClientScopes, ...optionalClientScopes.filter((name) => asked.has(name))];
}

function namesAsked({ attributes }: AcrClient, params: AcrParams): { names: string[]; essential: boolean } {
  const { names, essential } = acrClaim(params.claims);
  if (essential && names.length > 0) return { names, essential };
  const asked = [...words(params.acr_values), ...names];
  const { 'default.acr.values': byDefault = '' } = attributes;
  return { names: asked.length > 0 ? asked : byDefault.split('##').filter(Boolean), essential: false };
}

/** The `acr` that a request asks for among the claims of the id token. */
function acrClaim(claims?: string): { names: string[]; essential: boolean; isMalformed: boolean } {
  const asked =
    claims === undefined ? undefined : (parsed(claims) as { id_token?: { acr?: unknown } } | null);
  const acr = (asked?.id_token?.acr ?? {}) as { essential?: unknown; value?: unknown; values?: unknown };
  const isMalformed = acr.values !== undefined && !Array.isArray(acr.values);
  const names = [acr.value ?? [], acr.values ?? []].flat().filter((name) => typeof name === 'string');
  return { names, essential: acr.essential === true, isMalformed };
}

const words = (text = ''): string[] => text.split(' ').filter(Boolean);

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
