import { invalid } from '@tumbler/errors';
import {
  ASSERTION_ALGORITHM,
  ASSERTION_ALGORITHMS,
  certificateOf,
  CERTIFICATE,
  JWKS,
  JWKS_URL,
  keySetOf,
  PUBLIC_KEY,
  publicKeyOf,
  USE_JWKS,
  USE_JWKS_URL,
} from '../../oidc/clients/client-keys.js';
import { mayBeFetched } from '../../oidc/provider/client-assertions.js';

type Attributes = Record<string, string>;

/** Keycloak keeps the private keys of clients, in the open, and tells them to who may look at clients: here, they are not kept. */
export const isPrivateKey = (name: string): boolean => name.endsWith('.private.key');

const RULES: Record<string, { fits: (text: string, all: Attributes) => boolean; rule: string }> = {
  [CERTIFICATE]: { fits: (text) => Boolean(certificateOf(text)), rule: 'must be a certificate' },
  [PUBLIC_KEY]: { fits: (text) => Boolean(publicKeyOf(text)), rule: 'must be a public key' },
  [JWKS]: {
    fits: (text, all) => all[USE_JWKS] === 'false' || Boolean(keySetOf(text)),
    rule: 'must be a JSON Web Key Set of public keys',
  },
  [JWKS_URL]: {
    fits: (text, all) => all[USE_JWKS_URL] !== 'true' || mayBeFetched(text),
    rule: 'must be an https address, or one of this machine',
  },
  [ASSERTION_ALGORITHM]: {
    fits: (text) => ASSERTION_ALGORITHMS.includes(text),
    rule: `may be one of ${ASSERTION_ALGORITHMS.join(', ')}`,
  },
};

/** What a client is to prove itself by is held against its rules when it is set, and not when it is needed. Throws `invalid_request`. */
export function mustBeKeys(attributes: Attributes): void {
  for (const [name, { fits, rule }] of Object.entries(RULES)) {
    const text = attributes[name];
    if (text !== undefined && !fits(text, attributes)) throw invalid(`${name} ${rule}`, 'attributes');
  }
}
