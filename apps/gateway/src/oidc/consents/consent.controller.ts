import { Body, Controller, Get, Header, HttpCode, Post, Query, UseGuards } from '@nestjs/common';
import { Outbox } from '@tumbler/events';
import type { FastifyReply } from 'fastify';
import { browserHash } from '../../http/cookies.js';
import { SameSiteGuard } from '../../http/same-site.guard.js';
import { CurrentVisit } from '../../login/current-visit.js';
import { Logins } from '../../login/logins.js';
import { sentFields } from '../../login/sent-fields.js';
import { stepQuery } from '../../login/step-query.js';
import { broughtSession, visitorOf, type Visit } from '../../login/visit.js';
import { Sessions } from '../../sessions/sessions.js';
import { Authorizations, type AwaitingConsent, type Proven } from '../authorizations.js';
import { Clients } from '../clients/clients.js';
import { ConsentPages } from './consent-pages.js';
import { scopesToConsent } from './consent-scopes.js';
import { Consents } from './consents.js';

/** What users answer to the question what an application may know and do. */
@Controller('realms/:realm/login-actions/consent')
@UseGuards(SameSiteGuard)
export class ConsentController {
  constructor(
    private readonly logins: Logins,
    private readonly authorizations: Authorizations,
    private readonly pages: ConsentPages,
    private readonly sessions: Sessions,
    private readonly clients: Clients,
    private readonly consents: Consents,
    private readonly outbox: Outbox,
  ) {}

  @Get()
  @Header('cache-control', 'no-store')
  async show(@CurrentVisit() visit: Visit, @Query() query: unknown): Promise<void> {
    const { login } = stepQuery(query);
    const waiting = await this.waiting(visit, login, false);
    await (waiting ? this.pages.show(visit, waiting.pending) : this.startOver(visit, login));
  }

  @Post()
  @HttpCode(200)
  @Header('cache-control', 'no-store')
  async answer(@CurrentVisit() visit: Visit, @Query() query: unknown, @Body() body: unknown): Promise<void> {
    const { login, code } = stepQuery(query);
    const waiting = this.pages.fits(login, code) ? await this.waiting(visit, login, true) : undefined;
    const session = waiting && (await this.sessions.byId(visit.realm, waiting.sessionId));
    // Whoever has signed out meanwhile has to sign in again, and is asked again.
    if (!waiting || !session) return void (await this.startOver(visit, login));
    const { pending, level, action } = waiting;
    const about: Proven = {
      ...{ realm: visit.realm, visitor: visitorOf(visit.request), session: broughtSession(session) },
      ...{ level, action },
    };
    const isGiven = sentFields(body).accept !== undefined;
    await this.note(visit, about, waiting, isGiven);
    await (isGiven
      ? this.logins.end(visit, about, pending, { loginId: login, consented: true })
      : this.logins.decline(visit, about, pending));
  }

  private async note(
    { realm, request }: Visit,
    { session: { id: sessionId, userId } }: Proven,
    { pending: { payload } }: AwaitingConsent,
    isGiven: boolean,
  ): Promise<void> {
    const params = (payload.params ?? {}) as Record<string, string | undefined>;
    const clientId = params.client_id ?? '';
    const heard = { sessionId, ipAddress: request.ip };
    if (isGiven) {
      const client = await this.clients.byClientId(realm, clientId);
      if (client) await this.consents.grant(client, userId, scopesToConsent(client, params), heard);
      return;
    }
    const data = {
      clientId,
      userId,
      ...heard,
      error: 'rejected_by_user',
      details: { consent: 'consent_denied' },
    };
    await this.outbox.tell({ type: 'LOGIN_ERROR', realmId: realm.id, subject: userId, data });
  }

  private waiting({ realm, browserSecret }: Visit, loginId: string, isAnswer: boolean) {
    return this.authorizations.awaitingConsent(
      realm,
      { loginId, browser: browserHash(browserSecret) },
      isAnswer,
    );
  }

  private startOver(visit: Visit, login: string): Promise<FastifyReply> {
    return this.logins.answer(visit, { kind: 'expired', clientId: '' }, login);
  }
}
