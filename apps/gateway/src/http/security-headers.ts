import { IncomingMessage, ServerResponse } from 'node:http';
import { Socket } from 'node:net';
import type { FastifyInstance, FastifyReply } from 'fastify';
import helmet, { type HelmetOptions } from 'helmet';
import type { GatewayConfig } from '../config.js';

const YEAR = 365 * 24 * 3600;

/**
 * Every answer carries the headers that helmet makes. None depends on the request, so they are made once: to write the
 * policy anew took a twentieth of the time of a small answer.
 */
export function secureAnswers(http: FastifyInstance, config: GatewayConfig): void {
  const headers = headersOf(optionsFor(config));
  http.addHook('onRequest', (_request, reply, next) => {
    reply.headers(headers);
    next();
  });
}

/** No script and no style but our own files; no frame around a page where passwords are typed (ASVS 3.4). */
function optionsFor(config: GatewayConfig): HelmetOptions {
  return {
    contentSecurityPolicy: {
      useDefaults: false,
      directives: {
        defaultSrc: ["'none'"],
        scriptSrc: ["'self'"],
        styleSrc: ["'self'"],
        imgSrc: ["'self'", 'data:'],
        formAction: ["'self'"],
        baseUri: ["'none'"],
        objectSrc: ["'none'"],
        frameAncestors: ["'none'"],
      },
    },
    strictTransportSecurity: config.https ? { maxAge: YEAR, includeSubDomains: false } : false,
    // Not `no-referrer`: with it, browsers send `Origin: null` along with forms, and the same-site check needs the origin.
    referrerPolicy: { policy: 'same-origin' },
    crossOriginOpenerPolicy: { policy: 'same-origin' },
    crossOriginResourcePolicy: { policy: 'same-origin' },
    crossOriginEmbedderPolicy: false,
    xFrameOptions: { action: 'deny' },
  };
}

function headersOf(options: HelmetOptions): Record<string, string> {
  const request = new IncomingMessage(new Socket());
  const response = new ServerResponse(request);
  helmet(options)(request, response, () => {});
  return response.getHeaders() as Record<string, string>;
}

/** Browsers hold the redirect that follows a form against the policy, too: the last form of a login leads to the application. */
export function allowFormsTo(reply: FastifyReply, addresses: string[]): void {
  const policy = String(reply.getHeader('content-security-policy') ?? '');
  const sources = new Set(addresses.map(sourceOf));
  void reply.header(
    'content-security-policy',
    policy.replace("form-action 'self'", `$& ${[...sources].join(' ')}`),
  );
}

const LOOPBACK = new Set(['127.0.0.1', 'localhost']);

/** An origin, or the scheme of an app on a device. */
function sourceOf(address: string): string {
  const { origin, protocol, hostname } = new URL(address);
  // RFC 8252 §7.3: an app on this machine listens at whatever port is free.
  if (protocol === 'http:' && LOOPBACK.has(hostname)) return `http://${hostname}:*`;
  // A policy has no words for addresses of IPv6.
  if (protocol === 'http:' && hostname === '[::1]') return protocol;
  return origin === 'null' ? protocol : origin;
}
