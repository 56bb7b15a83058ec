import { errors } from 'oidc-provider';
import { LONGEST_ASSERTION } from '../clients/client-keys.js';

/** What of a key set is read: a few hundred keys. */
export const KEY_SET_LIMIT = 128 * 1024;

/** Keys are fetched over TLS, or from this machine: whoever could change them on the way would be the client. */
export function mayBeFetched(address: string): boolean {
  if (!URL.canParse(address)) return false;
  const { protocol, hostname } = new URL(address);
  return protocol === 'https:' || (protocol === 'http:' && LOOPBACK.has(hostname));
}

const LOOPBACK = new Set(['localhost', '127.0.0.1', '[::1]']);

/**
 * Fetches the keys of a client, within the deadline that the provider sets. An administrator said where they are, which
 * may be inside the same network; where that leads on to, nobody said.
 */
export const fetchKeys: typeof fetch = (url, { headers, signal } = {}) => {
  if (typeof url !== 'string' || !mayBeFetched(url))
    throw new Error('keys are fetched over https, or from this machine');
  return fetch(url, { headers, signal, redirect: 'error' });
};

/** RFC 7523 §3: one that is good for unreasonably long may be refused. */
export function mustBeShort({ exp }: { exp?: unknown }): void {
  const latest = Date.now() / 1000 + LONGEST_ASSERTION;
  if (typeof exp !== 'number' || exp > latest)
    throw new errors.InvalidClientAuth(`an assertion may be good for ${LONGEST_ASSERTION} seconds`);
}

export const usedBefore = () =>
  new errors.InvalidClientAuth('client assertion tokens must only be used once');
