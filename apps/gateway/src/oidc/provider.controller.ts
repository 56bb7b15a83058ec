import { Body, Controller, Options, Param, Post, Req, Res, UseFilters } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { demandHttps } from '../realms/https-required.js';
import { Realms } from '../realms/realms.js';
import { visitorOf } from '../login/visit.js';
import { asForm } from './authorization.controller.js';
import { OAuthErrorsFilter } from './oauth-errors.filter.js';
import type { ProviderRequest } from './provider/exchange.js';
import { disguised } from './provider/offline-scope.js';
import { Providers, written } from './provider/providers.js';
import { relay } from './provider/relay.js';

/** Endpoints that programs ask, each answered by the realm's provider. */
@Controller('realms/:realm')
@UseFilters(OAuthErrorsFilter)
export class ProviderController {
  constructor(
    private readonly realms: Realms,
    private readonly providers: Providers,
  ) {}

  /** RFC 9126 */
  @Post('protocol/openid-connect/ext/par/request')
  push(
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
    @Param('realm') realm: string,
    @Body() body: unknown,
  ) {
    return this.answer(request, reply, realm, { method: 'POST', body: disguised(asForm(body)) });
  }

  @Post(['protocol/openid-connect/token', 'protocol/openid-connect/auth/device'])
  ask(
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
    @Param('realm') realm: string,
    @Body() body: unknown,
  ) {
    return this.answer(request, reply, realm, { method: 'POST', body: asForm(body) });
  }

  @Post(['protocol/openid-connect/token/introspect', 'protocol/openid-connect/revoke'])
  askOfToken(
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
    @Param('realm') realm: string,
    @Body() body: unknown,
  ) {
    const form = new URLSearchParams(asForm(body));
    const tokens = form.getAll('token');
    form.delete('token');
    for (const token of tokens) form.append('token', written(token));
    return this.answer(request, reply, realm, { method: 'POST', body: form.toString() });
  }

  /** Browsers ask first whether a script of another origin may. */
  @Options([
    'protocol/openid-connect/token',
    'protocol/openid-connect/ext/par/request',
    'protocol/openid-connect/auth/device',
    'protocol/openid-connect/token/introspect',
    'protocol/openid-connect/revoke',
    'protocol/openid-connect/userinfo',
    'protocol/openid-connect/certs',
  ])
  preflight(@Req() request: FastifyRequest, @Res() reply: FastifyReply, @Param('realm') realm: string) {
    return this.answer(request, reply, realm, { method: 'OPTIONS' });
  }

  private async answer(
    request: FastifyRequest,
    reply: FastifyReply,
    name: string,
    { method, body }: Pick<ProviderRequest, 'method' | 'body'>,
  ): Promise<void> {
    const realm = await this.realms.enabledByName(name);
    demandHttps(realm, request);
    const { cookie: _cookie, ...headers } = request.headers;
    const path = request.url.replace(/^\/realms\/[^/]+/, '');
    const answer = await this.providers.ask(
      { method, path, headers, ...(body === undefined ? {} : { body }) },
      { realm, visitor: visitorOf(request) },
    );
    await relay(reply, answer);
  }
}
