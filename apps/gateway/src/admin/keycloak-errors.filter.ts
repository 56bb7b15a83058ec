import { Catch, type ArgumentsHost, type ExceptionFilter } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { asHttpError } from '../http/errors.filter.js';
import { keycloakBody } from './keycloak-errors.js';
import { PolicyRefusal } from './policy-refusal.js';

/** The one place where an error becomes an answer of the admin API. */
@Catch()
export class KeycloakErrorsFilter implements ExceptionFilter {
  async catch(thrown: unknown, host: ArgumentsHost): Promise<void> {
    const http = host.switchToHttp();
    const { method, routeOptions } = http.getRequest<FastifyRequest>();
    const reply = http.getResponse<FastifyReply>().header('cache-control', 'no-store');
    if (thrown instanceof PolicyRefusal) {
      await reply.status(400).send({ error: thrown.key, error_description: thrown.message });
      return;
    }
    const error = asHttpError(thrown, `${method} ${routeOptions.url ?? 'unknown route'}`);
    if (error.code === 'unauthorized') reply.header('www-authenticate', 'Bearer realm="master"');
    if (error.code === 'service_unavailable') reply.header('retry-after', '3');
    await reply.status(error.status).send(keycloakBody(error));
  }
}
