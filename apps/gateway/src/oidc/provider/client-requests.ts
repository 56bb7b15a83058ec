import { Injectable } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { visitorOf } from '../../login/visit.js';
import { demandHttps } from '../../realms/https-required.js';
import { Realms } from '../../realms/realms.js';
import { asForm } from '../authorization.controller.js';
import { OWN_GRANTS, type OwnGrant } from './own-grants.js';
import { Providers } from './providers.js';
import { relay } from './relay.js';

/** What clients ask for besides tokens. */
@Injectable()
export class ClientRequests {
  constructor(
    private readonly realms: Realms,
    private readonly providers: Providers,
  ) {}

  /** Answers 204 where it was done, and otherwise as the token endpoint would. */
  async answer(
    grant: OwnGrant,
    realmName: string,
    { request, reply, body }: { request: FastifyRequest; reply: FastifyReply; body: object },
  ): Promise<void> {
    const realm = await this.realms.enabledByName(realmName);
    demandHttps(realm, request);
    const { cookie: _cookie, ...sent } = request.headers;
    // A request without a body says nothing of its type.
    const headers = { 'content-type': 'application/x-www-form-urlencoded', ...sent };
    const answer = await this.providers.ask(
      {
        ...{ method: 'POST', path: '/protocol/openid-connect/token', headers },
        body: asForm({ ...body, grant_type: OWN_GRANTS[grant] }),
      },
      { realm, visitor: visitorOf(request) },
    );
    await relay(reply, answer.status === 200 ? { ...answer, status: 204, body: '' } : answer);
  }
}
