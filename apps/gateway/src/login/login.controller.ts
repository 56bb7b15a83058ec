import { Body, Controller, Get, Header, HttpCode, Post, Query, UseGuards } from '@nestjs/common';
import { SameSiteGuard } from '../http/same-site.guard.js';
import { CurrentVisit } from './current-visit.js';
import { Logins } from './logins.js';
import { sentFields } from './sent-fields.js';
import { stepQuery } from './step-query.js';
import type { Visit } from './visit.js';

/** The steps of a login, on Keycloak's addresses; what is sent as JSON and asked for as JSON takes the same way. */
@Controller('realms/:realm/login-actions')
@UseGuards(SameSiteGuard)
export class LoginController {
  constructor(private readonly logins: Logins) {}

  @Get(['authenticate', 'required-action'])
  @Header('cache-control', 'no-store')
  async show(@CurrentVisit() visit: Visit, @Query() query: unknown): Promise<void> {
    const { login, rest } = stepQuery(query);
    await this.logins.answer(visit, await this.logins.show(visit, login, rest), login);
  }

  @Post(['authenticate', 'required-action', 'registration'])
  @HttpCode(200)
  @Header('cache-control', 'no-store')
  async submit(@CurrentVisit() visit: Visit, @Query() query: unknown, @Body() body: unknown): Promise<void> {
    const { login, execution, code } = stepQuery(query);
    const fields = sentFields(body);
    await this.logins.answer(
      visit,
      await this.logins.submit(visit, { login, execution, code, fields }),
      login,
    );
  }

  @Get('registration')
  @Header('cache-control', 'no-store')
  async register(@CurrentVisit() visit: Visit, @Query() query: unknown): Promise<void> {
    await this.logins.turnTo(visit, 'registration', stepQuery(query).login);
  }

  @Get('restart')
  @Header('cache-control', 'no-store')
  async restart(@CurrentVisit() visit: Visit, @Query() query: unknown): Promise<void> {
    const { login, rest } = stepQuery(query);
    if (rest.to === 'login') await this.logins.turnTo(visit, 'browser', login);
    else await this.logins.answer(visit, await this.logins.restart(visit, login), login);
  }
}
