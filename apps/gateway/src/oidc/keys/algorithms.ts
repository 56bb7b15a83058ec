import { createHash } from 'node:crypto';
import { SIGNING_ALGORITHMS, type Realm, type SigningAlgorithm } from '@tumbler/contract-users';
import type { Client } from '../clients/client-settings.js';

/** Attributes of a client that choose the algorithm of its tokens, by Keycloak's names. */
const OF_ACCESS_TOKENS = 'access.token.signed.response.alg';
const OF_ID_TOKENS = 'id.token.signed.response.alg';
export const ALGORITHM_ATTRIBUTES = [OF_ACCESS_TOKENS, OF_ID_TOKENS];

type Chooser = Pick<Client, 'attributes'> | undefined;

export const accessTokenAlgorithm = (realm: Realm, client: Chooser): SigningAlgorithm =>
  chosen(realm, client?.attributes[OF_ACCESS_TOKENS]);

/** Of logout tokens, too (OpenID Connect Back-Channel Logout 1.0 §2.6). */
export const idTokenAlgorithm = (realm: Realm, client: Chooser): SigningAlgorithm =>
  chosen(realm, client?.attributes[OF_ID_TOKENS]);

export const isSigningAlgorithm = (name: string | undefined): name is SigningAlgorithm =>
  SIGNING_ALGORITHMS.some((each) => each === name);

const chosen = (
  { defaultSignatureAlgorithm }: Pick<Realm, 'defaultSignatureAlgorithm'>,
  name: string | undefined,
): SigningAlgorithm => (isSigningAlgorithm(name) ? name : defaultSignatureAlgorithm);

/** OpenID Connect Core §3.1.3.6: half of a hash, and of the one that the signature of the id token is made over. */
export function halfHash(token: string, algorithm: SigningAlgorithm): string {
  const hash = createHash(algorithm === 'EdDSA' ? 'sha512' : 'sha256')
    .update(token)
    .digest();
  return hash.subarray(0, hash.length / 2).toString('base64url');
}
