import { createPublicKey, type JsonWebKey } from 'node:crypto';
import type { JWK } from 'jose';

/** SubjectPublicKeyInfo in base64, as Keycloak gives it: a PEM without its frame. */
export const publicKeyText = (jwk: JWK): string =>
  createPublicKey({ format: 'jwk', key: { ...jwk } as JsonWebKey })
    .export({ type: 'spki', format: 'der' })
    .toString('base64');
