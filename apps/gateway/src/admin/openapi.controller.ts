import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { Controller, Get, Req, Res, UseFilters } from '@nestjs/common';
import { notFound } from '@tumbler/errors';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { KeycloakErrorsFilter } from './keycloak-errors.filter.js';

const FILE = new URL('../../dist/openapi.json', import.meta.url);

/** The API, for programs that read about it before they use it. Anybody may: it tells what the source tells. */
@Controller('admin/openapi.json')
@UseFilters(KeycloakErrorsFilter)
export class OpenApiController {
  private document?: Promise<{ text: string; tag: string }>;

  /** This document. */
  @Get()
  async read(@Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    const { text, tag } = await (this.document ??= load());
    reply.header('etag', tag).header('cache-control', 'no-cache');
    // Nothing here depends on who asks, so that a page of any origin may show it.
    reply.header('access-control-allow-origin', '*').header('cross-origin-resource-policy', 'cross-origin');
    if (request.headers['if-none-match'] === tag) await reply.status(304).send();
    else await reply.type('application/json; charset=utf-8').send(text);
  }
}

async function load() {
  const text = await readFile(FILE, 'utf8').catch(() => undefined);
  if (text === undefined) throw notFound('The document is made by `npm run build`');
  return { text, tag: `"${createHash('sha256').update(text).digest('base64url')}"` };
}
