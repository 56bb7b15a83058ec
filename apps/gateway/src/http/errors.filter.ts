import { Catch, HttpException, type ArgumentsHost, type ExceptionFilter } from '@nestjs/common';
import { asAppError } from '@tumbler/bus';
import { AppError, ERROR_STATUS, type ErrorCode } from '@tumbler/errors';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { keycloakBody } from '../admin/keycloak-errors.js';
import { ErrorPages } from '../login/error-pages.js';
import { drawsPages } from './accept.js';
import { takesFiles, TOO_LARGE_A_FILE } from './large-files.js';
import { UNREADABLE } from './unreadable.js';

/** The last resort: every error that rises leaves as a page or as JSON, and tells no more than it should. */
@Catch()
export class ErrorsFilter implements ExceptionFilter {
  constructor(private readonly pages: ErrorPages) {}

  async catch(thrown: unknown, host: ArgumentsHost): Promise<void> {
    const http = host.switchToHttp();
    const request = http.getRequest<FastifyRequest>();
    const reply = http.getResponse<FastifyReply>();
    if (reply.sent) return;

    const told = asHttpError(thrown, `${request.method} ${request.routeOptions.url ?? 'unknown route'}`);
    const isTooLarge = told.code === 'payload_too_large' && takesFiles(request);
    const error = isTooLarge ? new AppError(told.code, { message: TOO_LARGE_A_FILE }) : told;
    reply.status(error.status).header('cache-control', 'no-store');
    if (error.code === 'service_unavailable') reply.header('retry-after', '3');
    if (drawsPages(request)) {
      await reply.type('text/html; charset=utf-8').send(await this.pages.draw(error, request));
    } else {
      await reply.send(request.url.startsWith('/admin') ? keycloakBody(error) : asJson(error));
    }
  }
}

/** An error as JSON. */
interface ToldAsJson {
  error: string;
  error_description?: string;
  field?: string;
  fields?: { field: string; message: string }[];
}

/** What every address but those of the admin API and of OAuth answers to programs, by why it cannot do what it was asked. */
export type Errors = Record<ErrorCode, ToldAsJson>;

const asJson = ({ code, details }: AppError): ToldAsJson => ({
  error: code === 'realm_not_found' ? 'Realm not found.' : code,
  ...(details.message ? { error_description: details.message } : {}),
  ...(details.field ? { field: details.field } : {}),
  ...(details.fields ? { fields: details.fields } : {}),
});

/** What Fastify and Nest throw (a body too large, JSON that is none, no such route) has a status and becomes one of our codes. */
export function asHttpError(thrown: unknown, where: string): AppError {
  if (thrown instanceof AppError) return thrown;
  const status = statusOf(thrown);
  if (status === undefined || status >= 500) return asAppError(thrown, where);
  const code = CODE_OF_STATUS.get(status) ?? 'invalid_request';
  return new AppError(code, { message: MESSAGES[code] });
}

function statusOf(thrown: unknown): number | undefined {
  if (thrown instanceof HttpException) return thrown.getStatus();
  const known = thrown instanceof Error && 'statusCode' in thrown && typeof thrown.statusCode === 'number';
  return known ? (thrown.statusCode as number) : undefined;
}

const CODE_OF_STATUS = new Map<number, ErrorCode>([
  [ERROR_STATUS.unauthorized, 'unauthorized'],
  [ERROR_STATUS.forbidden, 'forbidden'],
  [ERROR_STATUS.not_found, 'not_found'],
  [ERROR_STATUS.payload_too_large, 'payload_too_large'],
]);

const MESSAGES: Partial<Record<ErrorCode, string>> = {
  invalid_request: UNREADABLE,
  not_found: 'There is nothing at this address',
  payload_too_large: 'The request is too large',
};
