import { Controller, Get, Param, Res } from '@nestjs/common';
import { notFound } from '@tumbler/errors';
import type { FastifyReply } from 'fastify';
import { asset } from './assets.js';

@Controller('resources')
export class AssetsController {
  @Get([':file', ':version/:file'])
  async file(
    @Param('file') file: string,
    @Param('version') version: string | undefined,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    const found = asset(file);
    if (!found) throw notFound('There is no such file');
    const lasting = version === found.version;
    await reply
      .type(found.type)
      .header('cache-control', lasting ? 'public, max-age=31536000, immutable' : 'no-cache')
      .send(found.content);
  }
}
