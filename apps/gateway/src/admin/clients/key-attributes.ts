import { invalid } from '@tumbler/errors';
import {
  ASSERTION_ALGORITHM,
  ASSERTION_ALGORITHMS,
  certificateOf,
  isAssertionAlgorithm,
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

interface Rule {
  fits: (text: string, all: Attributes) => boolean;
  rule: string;
}

const RULES: Partial<Record<string, Rule>> = {
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
    fits: isAssertionAlgorithm,
    rule: `may be one of ${ASSERTION_ALGORITHMS.join(', ')}`,
  },
};

/** What of attributes cannot be taken, with the reason. */
export function unfitKeys(attributes: Record<string, unknown>): { name: string; reason: string }[] {
  const texts = Object.entries(attributes).filter(
    (entry): entry is [string, string] => typeof entry[1] === 'string' && entry[1] !== '',
  );
  const all = Object.fromEntries(texts);
  return texts.flatMap(([name, text]) => {
    if (isPrivateKey(name)) return [{ name, reason: 'private keys of clients are not kept here' }];
    const { fits, rule } = RULES[name] ?? {};
    return fits?.(text, all) === false ? [{ name, reason: `${name} ${rule}` }] : [];
  });
}

/** What a client is to prove itself by is held against its rules when it is set, and not when it is needed. Throws `invalid_request`. */
export function mustBeKeys(attributes: Attributes): void {
  const [first] = unfitKeys(attributes);
  if (first) throw invalid(first.reason, 'attributes');
}
