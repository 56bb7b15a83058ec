import { Injectable, type CanActivate, type ExecutionContext } from '@nestjs/common';
import { AppError } from '@tumbler/errors';
import type { FastifyRequest } from 'fastify';
import { GatewayConfig } from '../config.js';
import { isCaller } from './callers.js';

/**
 * Lets a browser change something from our own pages only: OWASP's Fetch-Metadata defence with Origin as its fallback
 * (C-05). A request that says neither comes from no browser of today; a form is then refused, while JSON may pass,
 * since no page of another site can send that without being asked first (CORS). The same goes for the name of a caller,
 * whose cookies do not count; which pages may call is then held against the web origins of the client.
 */
@Injectable()
export class SameSiteGuard implements CanActivate {
  constructor(private readonly config: GatewayConfig) {}

  canActivate(context: ExecutionContext): boolean {
    const request = context.switchToHttp().getRequest<FastifyRequest>();
    const reads = request.method === 'GET' || request.method === 'HEAD';
    if (reads || isCaller(request) || this.isOurs(request)) return true;
    throw new AppError('forbidden', { message: 'The request comes from another site' });
  }

  private isOurs({ headers }: FastifyRequest): boolean {
    const site = headers['sec-fetch-site'];
    if (site !== undefined) return site === 'same-origin';
    if (headers.origin !== undefined) {
      if (headers.origin === this.config.publicUrl) return true;
      // At home, under another name of this machine: a page cannot choose the Host that its browser sends.
      return !this.config.https && headers.origin === `http://${headers.host}`;
    }
    return /^application\/json\b/.test(headers['content-type'] ?? '');
  }
}
