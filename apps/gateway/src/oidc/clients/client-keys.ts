import { createHash, createPublicKey, X509Certificate, type JsonWebKey, type KeyObject } from 'node:crypto';

/** Keycloak's names of what a client proves itself by with `client-jwt`. */
export const CERTIFICATE = 'jwt.credential.certificate';
export const PUBLIC_KEY = 'jwt.credential.public.key';
export const KEY_ID = 'jwt.credential.kid';
export const JWKS = 'jwks.string';
export const USE_JWKS = 'use.jwks.string';
export const JWKS_URL = 'jwks.url';
export const USE_JWKS_URL = 'use.jwks.url';
/** The one that its assertions are signed by; any of these where it does not say. */
export const ASSERTION_ALGORITHM = 'token.endpoint.auth.signing.alg';
export const ASSERTION_ALGORITHMS = [
  ...(['RS256', 'RS384', 'RS512', 'PS256', 'PS384', 'PS512'] as const),
  ...(['ES256', 'ES384', 'ES512', 'Ed25519', 'EdDSA', 'HS256', 'HS384', 'HS512'] as const),
];
type AssertionAlgorithm = (typeof ASSERTION_ALGORITHMS)[number];

export const isAssertionAlgorithm = (name: string): name is AssertionAlgorithm =>
  ASSERTION_ALGORITHMS.some((each) => each === name);

/** Seconds: an assertion that is good for longer is a secret that travels, and has to be remembered for as long. */
export const LONGEST_ASSERTION = 3600;

interface KeySetDocument {
  keys: JsonWebKey[];
}

/** RFC 7591 §2: one of the two, or neither. */
interface ClientKeys {
  jwks?: KeySetDocument;
  jwks_uri?: string;
}

/** The public keys that a client signs its assertions with (RFC 7523), in the order in which Keycloak looks for them. */
export function keysOf(attributes: Record<string, string>): ClientKeys {
  const { [JWKS_URL]: uri, [JWKS]: set, [CERTIFICATE]: certificate, [PUBLIC_KEY]: publicKey } = attributes;
  if (attributes[USE_JWKS_URL] === 'true' && uri) return { jwks_uri: uri };
  const held = certificate ?? publicKey;
  if (set && (attributes[USE_JWKS] === 'true' || !held)) return { jwks: keySetOf(set) ?? { keys: [] } };
  const key = certificate ? certificateOf(certificate)?.publicKey : publicKey && publicKeyOf(publicKey);
  return key ? { jwks: { keys: underItsNames(key, attributes[KEY_ID]) } } : {};
}

/** PEM, or what stands between its lines, as Keycloak keeps it. Undefined for what is no certificate. */
export const certificateOf = (text: string): X509Certificate | undefined =>
  unlessMalformed(() => new X509Certificate(framed(text, 'CERTIFICATE')));

/** The same of a public key. */
export const publicKeyOf = (text: string): KeyObject | undefined =>
  unlessMalformed(() => createPublicKey(framed(text, 'PUBLIC KEY')));

/** RFC 7517 §5. Undefined for what is no set of public keys. */
export function keySetOf(text: string): KeySetDocument | undefined {
  const set = unlessMalformed(() => JSON.parse(text) as Partial<KeySetDocument> | null);
  const keys: unknown[] = Array.isArray(set?.keys) ? set.keys : [];
  const arePublic = keys.every((key) => isObject(key) && !('d' in key) && !('k' in key) && isKey(key));
  return arePublic && keys.length > 0 ? { keys: keys as JsonWebKey[] } : undefined;
}

/** Base64 without the lines around it. */
export const unframed = (pem: string): string => pem.replace(/-----[^-]+-----|\s/g, '');

const framed = (text: string, label: string): string => {
  const lines = unframed(text).match(/.{1,64}/g) ?? [];
  return [`-----BEGIN ${label}-----`, ...lines, `-----END ${label}-----`, ''].join('\n');
};

/** An assertion may name its key: by the name that was kept with it, by the one that Keycloak's adapters make, or not at all. */
function underItsNames(key: KeyObject, name: string | undefined): JsonWebKey[] {
  const jwk = key.export({ format: 'jwk' });
  const spki = key.export({ type: 'spki', format: 'der' });
  const names = [name, createHash('sha256').update(spki).digest('base64url')].filter(Boolean);
  return [jwk, ...names.map((kid) => ({ ...jwk, kid }))];
}

const isKey = (jwk: object): boolean =>
  unlessMalformed(() => createPublicKey({ format: 'jwk', key: jwk as JsonWebKey })) !== undefined;

const isObject = (value: unknown): value is object => typeof value === 'object' && value !== null;

function unlessMalformed<T>(read: () => T): T | undefined {
  try {
    return read();
  } catch {
    return undefined;
  }
}
