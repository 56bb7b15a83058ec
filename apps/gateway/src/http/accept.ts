import type { FastifyRequest } from 'fastify';
import { isCaller } from './callers.js';

/** Browsers ask for pages by name; a program that asks for JSON, or for whatever there is, gets JSON only where it says so. */
export function wantsJson(request: FastifyRequest): boolean {
  const accept = request.headers.accept ?? '';
  return isCaller(request) || (accept.includes('application/json') && !accept.includes('text/html'));
}

/** Addresses where people look at pages; at all others, programs read JSON. */
const PAGES =
  /^\/realms\/[^/]+\/(account|login-actions)(\/|$)|^\/realms\/[^/]+\/protocol\/openid-connect\/(auth|registrations|logout)$|^\/$/;

export function drawsPages(request: FastifyRequest): boolean {
  const [path = ''] = request.url.split('?');
  if (request.method === 'OPTIONS') return false;
  if (PAGES.test(path)) return !wantsJson(request);
  return (request.headers.accept ?? '').includes('text/html') && !path.startsWith('/admin');
}
