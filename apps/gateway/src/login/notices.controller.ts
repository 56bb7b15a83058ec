import { Controller, Get, Header, Query } from '@nestjs/common';
import { accountPath } from './addresses.js';
import { CurrentVisit } from './current-visit.js';
import { Notices } from './notices.js';
import type { Visit } from './visit.js';

/** A notice once more, in another language; Keycloak has it at the same address. */
@Controller('realms/:realm/login-actions/detached-info')
export class NoticesController {
  constructor(private readonly notices: Notices) {}

  @Get()
  @Header('cache-control', 'no-store')
  async show(@CurrentVisit() visit: Visit, @Query('info') info: unknown): Promise<void> {
    const notice = typeof info === 'string' ? this.notices.opened(visit, info) : undefined;
    if (notice) await this.notices.show(visit, notice);
    else await visit.reply.redirect(accountPath(visit.realm.name), 303);
  }
}
