import { Controller, Get, Header, Param, Query, Req, Res } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { accountPath } from './addresses.js';
import { Notices } from './notices.js';
import { Visits } from './visit.js';

/** A notice once more, in another language; Keycloak has it at the same address. */
@Controller('realms/:realm/login-actions/detached-info')
export class NoticesController {
  constructor(
    private readonly visits: Visits,
    private readonly notices: Notices,
  ) {}

  @Get()
  @Header('cache-control', 'no-store')
  async show(
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
    @Param('realm') realm: string,
    @Query('info') info: unknown,
  ): Promise<void> {
    const visit = await this.visits.begin(request, reply, realm);
    const notice = typeof info === 'string' ? this.notices.opened(visit, info) : undefined;
    if (notice) await this.notices.show(visit, notice);
    else await reply.redirect(accountPath(visit.realm.name), 303);
  }
}
