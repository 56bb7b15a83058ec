import { Body, Controller, Param, Post, Req, Res, UseFilters } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { OAuthErrorsFilter } from '../oauth-errors.filter.js';
import { ClientRequests } from '../provider/client-requests.js';

/** Where the machines of an application make themselves known. */
@Controller('realms/:realm/clients-managements')
@UseFilters(OAuthErrorsFilter)
export class NodeRegistrationController {
  constructor(private readonly requests: ClientRequests) {}

  @Post('register-node')
  register(
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
    @Param('realm') realm: string,
    @Body() body: object,
  ): Promise<void> {
    return this.requests.answer('register-node', realm, { request, reply, body });
  }

  @Post('unregister-node')
  unregister(
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
    @Param('realm') realm: string,
    @Body() body: object,
  ): Promise<void> {
    return this.requests.answer('unregister-node', realm, { request, reply, body });
  }
}
