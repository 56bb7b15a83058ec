import { Body, Controller, Get, Header, HttpCode, Param, Post, Query, Req, Res } from '@nestjs/common';
import { text, type Form } from '@tumbler/contract-flows';
import { validated } from '@tumbler/contract-rpc';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { wantsJson } from '../http/accept.js';
import { Cookies } from '../http/cookies.js';
import { FormTokens } from '../http/form-tokens.js';
import { allowFormsTo } from '../http/security-headers.js';
import { accountPath } from '../login/addresses.js';
import { CurrentVisit } from '../login/current-visit.js';
import { Notices, signedOut } from '../login/notices.js';
import { FormPage } from '../login/pages/form-page.js';
import { offered } from '../texts/languages.js';
import { draw } from '../login/pages/layout.js';
import { Visits, type Visit } from '../login/visit.js';
import { ClientRequests } from './provider/client-requests.js';
import { LogoutRequest, RequestedLogouts, type RequestedLogout } from './requested-logouts.js';
import { SignOut } from './sign-out.js';

/** OpenID Connect RP-Initiated Logout 1.0: an application sends its user here to be signed out. */
@Controller('realms/:realm/protocol/openid-connect/logout')
export class LogoutController {
  constructor(
    private readonly visits: Visits,
    private readonly requests: RequestedLogouts,
    private readonly out: SignOut,
    private readonly cookies: Cookies,
    private readonly formTokens: FormTokens,
    private readonly clientRequests: ClientRequests,
    private readonly notices: Notices,
  ) {}

  @Get()
  @Header('cache-control', 'no-store')
  async byLink(@CurrentVisit() visit: Visit, @Query() query: unknown): Promise<void> {
    await this.logOut(visit, await parse(query));
  }

  @Post()
  @HttpCode(200)
  @Header('cache-control', 'no-store')
  async byForm(
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
    @Param('realm') realm: string,
    @Body() body: unknown,
  ): Promise<void> {
    // Keycloak's way for applications that have no browser at hand: the refresh token ends the session it belongs to.
    if (typeof body === 'object' && body !== null && 'refresh_token' in body) {
      return this.clientRequests.answer('logout', realm, { request, reply, body });
    }
    const visit = await this.visits.begin(request, reply, realm);
    await this.logOut(visit, await parse(body));
  }

  private async logOut(visit: Visit, asked: LogoutRequest): Promise<void> {
    const logout = await this.requests.read(visit.realm, asked);
    if (logout.kind === 'refused') return this.refuse(visit, logout.reason);
    const { session } = visit;
    const proven = logout.hint?.sub === session?.userId && logout.hint?.sid === session?.id;
    // Without proof that the application speaks for this user, a link on any page could sign people out (ASVS 10.6.2).
    if (session && !proven && !this.formTokens.fits(session.id, asked.token)) {
      return this.confirm(visit, session.id, asked, logout);
    }
    const ends = session?.id ?? logout.hint?.sid;
    if (ends) await this.out.bySession(visit.realm, ends, visit.request.ip);
    this.cookies.clearSession(visit.reply, visit.realm.id);
    await this.leave(visit, logout);
  }

  private async confirm(visit: Visit, sessionId: string, asked: LogoutRequest, { target }: RequestedLogout) {
    const { reply, realm, realmName, t } = visit;
    const path = `/realms/${encodeURIComponent(realm.name)}/protocol/openid-connect/logout`;
    const { client_id, post_logout_redirect_uri, state } = asked;
    const sent = { client_id, post_logout_redirect_uri, state, token: this.formTokens.of(sessionId) };
    const form: Form = {
      page: 'login-logout-confirm',
      id: 'kc-logout-confirm',
      title: text('logoutConfirmHeader'),
      fields: Object.entries(sent).flatMap(([name, value]) =>
        value === undefined ? [] : [{ name, type: 'hidden' as const, value, label: { literal: '' } }],
      ),
      buttons: [{ id: 'kc-logout', label: text('doLogout'), kind: 'primary' }],
    };
    if (target) allowFormsTo(reply, [target]);
    const shown = Object.entries({ client_id, post_logout_redirect_uri, state }).filter(
      (entry): entry is [string, string] => entry[1] !== undefined,
    );
    const step = `${path}?${new URLSearchParams(shown).toString()}`;
    const addresses = { action: path, step, link: () => path };
    await reply
      .type('text/html; charset=utf-8')
      .send(draw(<FormPage {...{ form, addresses, t, realmName }} languages={offered(realm)} />));
  }

  private async leave(visit: Visit, { target }: RequestedLogout) {
    const { request, reply, realm } = visit;
    if (target) {
      if (wantsJson(request)) return void (await reply.send({ redirectUri: target }));
      return void (await reply.redirect(target, 303));
    }
    await this.notices.show(visit, signedOut(realm.name), accountPath(realm.name));
  }

  /** On our page: an address that is not registered gets no redirect, not even with an error. */
  private async refuse(visit: Visit, reason: string): Promise<void> {
    const { request, reply } = visit;
    void reply.status(400);
    if (wantsJson(request))
      return void (await reply.send({ error: 'invalid_request', error_description: reason }));
    await this.notices.show(visit, {
      ...{ pageId: 'login-error', kind: 'error', status: 400, title: text('errorTitle') },
      message: { literal: reason },
    });
  }
}

const parse = (input: unknown): Promise<LogoutRequest> =>
  validated(LogoutRequest, input ?? {}, { unknownFields: 'drop' });
