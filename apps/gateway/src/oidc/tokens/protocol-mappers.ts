import type { LoginUser } from '@tumbler/contract-users';
import type { JWTPayload } from 'jose';
import type { ProtocolMapper } from '../clients/client-settings.js';

/** Where a claim goes, by the name of the setting that sends it there. */
export type ClaimsOf = 'access.token.claim' | 'id.token.claim' | 'userinfo.token.claim';

/** Claims that say whom a token is about and whether it is good: no mapper writes over them. */
const OURS = new Set(
  'iss sub exp iat nbf jti typ azp sid nonce auth_time acr amr scope realm_access resource_access at_hash'.split(
    ' ',
  ),
);

type Mapper = (user: LoginUser, config: Record<string, string>) => unknown;

/** Keycloak's mappers by its names, each with the value that it makes. */
const MAPPERS: Record<string, Mapper> = {
  'oidc-usermodel-attribute-mapper': ({ attributes }, config) => {
    const values = attributes[config['user.attribute'] ?? ''];
    return config.multivalued === 'true' ? values : values?.[0];
  },
  'oidc-hardcoded-claim-mapper': (_user, config) => config['claim.value'],
  'oidc-audience-mapper': (_user, config) =>
    config['included.client.audience'] || config['included.custom.audience'] || undefined,
};

export const isMapper = (name: string): boolean => Object.hasOwn(MAPPERS, name);

/** The claims that the mappers of a client add. */
export function mappedClaims(mappers: ProtocolMapper[], user: LoginUser, where: ClaimsOf): JWTPayload {
  const claims: JWTPayload = {};
  for (const { protocolMapper, config } of mappers) {
    const value = config[where] === 'true' ? MAPPERS[protocolMapper]?.(user, config) : undefined;
    if (value === undefined) continue;
    if (protocolMapper === 'oidc-audience-mapper') {
      claims.aud = [...new Set([claims.aud ?? [], value as string].flat())];
      continue;
    }
    const name = config['claim.name'];
    if (name && !OURS.has(name) && name !== 'aud') claims[name] = value;
  }
  return claims;
}
