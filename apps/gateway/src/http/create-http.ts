import cookie from '@fastify/cookie';
import { type DynamicModule } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { LEAVING, Log } from '@tumbler/bus';
import { FastifyAdapter, type NestFastifyApplication } from '@nestjs/platform-fastify';
import type { GatewayConfig } from '../config.js';
import { AccessTokens } from '../oidc/tokens/access-tokens.js';
import { allowEmptyBodies } from './empty-bodies.js';
import { ErrorsFilter } from './errors.filter.js';
import { followRequests } from './follow-requests.js';
import { BODY_LIMIT, takeLargeFiles } from './large-files.js';
import { takeForms } from './multipart.js';
import { secureAnswers } from './security-headers.js';

/** How the gateway takes HTTP; the same for the running service and for tests. */
export function httpAdapter(config: GatewayConfig): FastifyAdapter {
  const proxies = config.trustedProxies;
  return new FastifyAdapter({
    bodyLimit: BODY_LIMIT,
    // ASVS 4.1.3: X-Forwarded-* of anybody else is what a visitor made up.
    trustProxy: proxies.length > 0 ? proxies : false,
    requestIdHeader: false,
    // Nobody holds a connection by sending a request letter by letter.
    requestTimeout: 30_000,
    // Keycloak's own client asks for `/users/` where it means `/users`.
    routerOptions: { maxParamLength: 512, ignoreTrailingSlash: true },
    // A browser keeps its connections open: they do not hold up a stop.
    forceCloseConnections: 'idle',
  });
}

/** What every request goes through before and after the controllers. */
export async function prepareHttp(app: NestFastifyApplication, config: GatewayConfig): Promise<void> {
  const http = app.getHttpAdapter().getInstance();
  followRequests(http);
  allowEmptyBodies(http);
  takeForms(http);
  takeLargeFiles(http, app.get(AccessTokens, { strict: false }));
  secureAnswers(http, config);
  await app.register(cookie);
  app.useGlobalFilters(app.get(ErrorsFilter));
}

export async function createHttp(
  module: DynamicModule,
  config: GatewayConfig,
): Promise<NestFastifyApplication> {
  const app = await NestFactory.create<NestFastifyApplication>(module, httpAdapter(config), {
    // Without the hundred lines in which Nest names every route.
    logger: ['warn', 'error', 'fatal'],
  });
  await prepareHttp(app, config);
  app.enableShutdownHooks(undefined, LEAVING);
  await app.init();
  app.useLogger(new Log());
  return app;
}
