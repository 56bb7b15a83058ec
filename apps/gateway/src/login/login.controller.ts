import {
  Body,
  Controller,
  Get,
  Header,
  HttpCode,
  Param,
  Post,
  Query,
  Req,
  Res,
  UseGuards,
} from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { SameSiteGuard } from '../http/same-site.guard.js';
import { Logins } from './logins.js';
import { sentFields } from './sent-fields.js';
import { stepQuery } from './step-query.js';
import { Visits } from './visit.js';

/** The steps of a login, on Keycloak's addresses; what is sent as JSON and asked for as JSON takes the same way. */
@Controller('realms/:realm/login-actions')
@UseGuards(SameSiteGuard)
export class LoginController {
  constructor(
    private readonly visits: Visits,
    private readonly logins: Logins,
  ) {}

  @Get(['authenticate', 'required-action'])
  @Header('cache-control', 'no-store')
  async show(
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
    @Param('realm') realm: string,
    @Query() query: unknown,
  ): Promise<void> {
    const visit = await this.visits.begin(request, reply, realm);
    const { login, rest } = stepQuery(query);
    await this.logins.answer(visit, await this.logins.show(visit, login, rest), login);
  }

  @Post(['authenticate', 'required-action', 'registration'])
  @HttpCode(200)
  @Header('cache-control', 'no-store')
  async submit(
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
    @Param('realm') realm: string,
    @Query() query: unknown,
    @Body() body: unknown,
  ): Promise<void> {
    const visit = await this.visits.begin(request, reply, realm);
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
  async register(
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
    @Param('realm') realm: string,
    @Query() query: unknown,
  ): Promise<void> {
    const visit = await this.visits.begin(request, reply, realm);
    await this.logins.turnTo(visit, 'registration', stepQuery(query).login);
  }

  @Get('restart')
  @Header('cache-control', 'no-store')
  async restart(
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
    @Param('realm') realm: string,
    @Query() query: unknown,
  ): Promise<void> {
    const visit = await this.visits.begin(request, reply, realm);
    const { login, rest } = stepQuery(query);
    if (rest.to === 'login') await this.logins.turnTo(visit, 'browser', login);
    else await this.logins.answer(visit, await this.logins.restart(visit, login), login);
  }
}
