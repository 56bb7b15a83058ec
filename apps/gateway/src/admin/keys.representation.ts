import { SIGNING_ALGORITHMS } from '@tumbler/contract-users';
import type { KeySet } from '../oidc/keys/key-set.js';
import { publicKeyText } from '../oidc/keys/public-key-text.js';

const TYPES = { RS256: 'RSA', ES256: 'EC', EdDSA: 'OKP' } as const;

/** Keycloak's KeysMetadataRepresentation, and since when each key signs, in milliseconds. */
export function keysMetadata(set: KeySet, now: Date) {
  const active = SIGNING_ALGORITHMS.map((algorithm) => [algorithm, set.signing(algorithm, now)?.kid]);
  return {
    active: Object.fromEntries(active) as Record<string, string>,
    keys: set.keys.map((key) => ({
      providerId: `${key.algorithm}-generated`,
      providerPriority: 100,
      kid: key.kid,
      // Keycloak has no word for a key that does not sign yet.
      status: set.status(key, now).replace('NEXT', 'PASSIVE'),
      type: TYPES[key.algorithm],
      algorithm: key.algorithm,
      publicKey: publicKeyText(key.publicJwk),
      use: 'SIG',
      signsFrom: key.signsFrom.getTime(),
    })),
  };
}
