import type { FastifyHelmetOptions } from '@fastify/helmet';
import type { GatewayConfig } from '../config.js';

const YEAR = 365 * 24 * 3600;

/** No script and no style but our own files; no frame around a page where passwords are typed (ASVS 3.4). */
export function securityHeaders(config: GatewayConfig): FastifyHelmetOptions {
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
