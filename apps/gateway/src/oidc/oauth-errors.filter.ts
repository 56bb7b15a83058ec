import { Catch, type ArgumentsHost, type ExceptionFilter } from '@nestjs/common';
import type { ErrorCode } from '@tumbler/errors';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { asHttpError } from '../http/errors.filter.js';
import { OAuthError } from './oauth-error.js';

/** What the errors of the rest of the system are called in OAuth (RFC 6749 §5.2, §4.1.2.1). */
const NAMES: Partial<Record<ErrorCode, string>> = {
  invalid_request: 'invalid_request',
  payload_too_large: 'invalid_request',
  unauthorized: 'invalid_client',
  forbidden: 'access_denied',
  not_found: 'invalid_request',
  realm_not_found: 'Realm does not exist',
  service_unavailable: 'temporarily_unavailable',
};

/** RFC 6749 §5.2 */
export interface OAuthTold {
  error: string;
  error_description?: string;
}

/** What the endpoints of OAuth answer to programs, by why they cannot do what they were asked. */
export type OAuthErrors = Record<ErrorCode, OAuthTold>;

@Catch()
export class OAuthErrorsFilter implements ExceptionFilter {
  async catch(thrown: unknown, host: ArgumentsHost): Promise<void> {
    const http = host.switchToHttp();
    const reply = http.getResponse<FastifyReply>();
    reply.header('cache-control', 'no-store').header('pragma', 'no-cache');
    if (thrown instanceof OAuthError) {
      await reply.status(thrown.status).send({
        error: thrown.error,
        ...(thrown.description ? { error_description: thrown.description } : {}),
      });
      return;
    }
    const { method, routeOptions } = http.getRequest<FastifyRequest>();
    const { code, status, details } = asHttpError(thrown, `${method} ${routeOptions.url ?? 'unknown route'}`);
    if (code === 'service_unavailable') reply.header('retry-after', '3');
    await reply.status(status).send({
      error: NAMES[code] ?? 'server_error',
      ...(details.message && code !== 'internal' ? { error_description: details.message } : {}),
    });
  }
}
