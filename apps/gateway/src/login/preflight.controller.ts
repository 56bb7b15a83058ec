import { Controller, Options, Param, Req, Res } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { Realms } from '../realms/realms.js';
import { WebPages } from './web-pages.js';

/** Browsers ask first whether a page of another origin may drive a login. */
@Controller('realms/:realm')
export class PreflightController {
  constructor(
    private readonly realms: Realms,
    private readonly pages: WebPages,
  ) {}

  @Options(['protocol/openid-connect/auth', 'protocol/openid-connect/registrations', 'login-actions/:action'])
  async preflight(
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
    @Param('realm') realm: string,
  ): Promise<void> {
    await this.pages.preflight(request, reply, await this.realms.enabledByName(realm));
  }
}
