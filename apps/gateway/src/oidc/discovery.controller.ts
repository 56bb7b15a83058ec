import { Controller, Get, Options, Param, Req, Res, UseFilters } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { visitorOf } from '../login/visit.js';
import { demandHttps } from '../realms/https-required.js';
import { Realms } from '../realms/realms.js';
import { OAuthErrorsFilter } from './oauth-errors.filter.js';
import { Providers } from './provider/providers.js';
import { relay } from './provider/relay.js';

const PATH = '/.well-known/openid-configuration';

const BEHIND_THE_ISSUER = [`realms/:realm${PATH}`, 'realms/:realm/.well-known/oauth-authorization-server'];
const BEHIND_THE_HOST = '.well-known/oauth-authorization-server/realms/:realm';

/** What a realm says of itself to applications (OpenID Connect Discovery §4, RFC 8414). */
@Controller()
@UseFilters(OAuthErrorsFilter)
export class DiscoveryController {
  constructor(
    private readonly realms: Realms,
    private readonly providers: Providers,
  ) {}

  /** Many programs look for the metadata of OAuth where those of OpenID Connect are, so both are here. */
  @Get(BEHIND_THE_ISSUER)
  discover(@Req() request: FastifyRequest, @Res() reply: FastifyReply, @Param('realm') realm: string) {
    return this.answer(request, reply, realm, 'GET');
  }

  /** RFC 8414 §3.1: between the host and the path of the issuer. */
  @Get(BEHIND_THE_HOST)
  discoverForOAuth(
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
    @Param('realm') realm: string,
  ) {
    return this.answer(request, reply, realm, 'GET');
  }

  /** Browsers ask first whether a script of another origin may. */
  @Options(BEHIND_THE_ISSUER)
  preflight(@Req() request: FastifyRequest, @Res() reply: FastifyReply, @Param('realm') realm: string) {
    return this.answer(request, reply, realm, 'OPTIONS');
  }

  @Options(BEHIND_THE_HOST)
  preflightForOAuth(
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
    @Param('realm') realm: string,
  ) {
    return this.answer(request, reply, realm, 'OPTIONS');
  }

  private async answer(
    request: FastifyRequest,
    reply: FastifyReply,
    name: string,
    method: 'GET' | 'OPTIONS',
  ): Promise<void> {
    const realm = await this.realms.enabledByName(name);
    demandHttps(realm, request);
    const { cookie: _cookie, ...headers } = request.headers;
    const about = { realm, visitor: visitorOf(request) };
    await relay(reply, await this.providers.ask({ method, path: PATH, headers }, about));
  }
}
