import { Logger } from '@nestjs/common';
import { newRequestId, REQUEST_ID, withRequestId } from '@tumbler/bus';
import type { FastifyInstance } from 'fastify';

/**
 * Gives each request an id of our own making (one from outside could forge lines of the log, ASVS 16.4.1), sends it
 * back, carries it on to the bus, and writes one line when the request is over: the pattern of the route and not the
 * address, which may hold codes.
 */
export function followRequests(http: FastifyInstance): void {
  const log = new Logger('http');

  http.addHook('onRequest', (request, reply, next) => {
    request.id = newRequestId();
    reply.header(REQUEST_ID, request.id);
    next();
  });
  // As late as this, since reading the body loses what was entered before it.
  http.addHook('preHandler', (request, _reply, next) => withRequestId(request.id, next));
  http.addHook('onResponse', (request, reply, next) => {
    const route = request.routeOptions.url ?? 'unknown route';
    if (!route.startsWith('/health')) {
      log.log(
        `${request.method} ${route} ${reply.statusCode} ${reply.elapsedTime.toFixed(1)} ms ${request.id}`,
      );
    }
    next();
  });
}
