import { Injectable } from '@nestjs/common';
import type { AppError } from '@tumbler/errors';
import type { FastifyRequest } from 'fastify';

@Injectable()
export class ErrorPages {
  draw(error: AppError, _request: FastifyRequest): string {
    return `<!doctype html><title>${error.status}</title>`;
  }
}
