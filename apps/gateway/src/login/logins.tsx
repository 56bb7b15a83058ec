import { Injectable } from '@nestjs/common';
import { Bus } from '@tumbler/bus';
import { flows, type FinishedLogin, type FlowKind, type LoginStep } from '@tumbler/contract-flows';
import type { FastifyReply } from 'fastify';
import { GatewayConfig } from '../config.js';
import { wantsJson } from '../http/accept.js';
import { Cookies } from '../http/cookies.js';
import { ownPath } from '../http/own-path.js';
import { Sessions } from '../sessions/sessions.js';
import { lifetimes } from '../sessions/session.js';
import { accountPath, addressesOf, type FormStep } from './addresses.js';
import { formJson } from './form-json.js';
import { draw } from './pages/layout.js';
import { FormPage } from './pages/form-page.js';
import { NoticePage } from './pages/notice-page.js';
import { askedBy, visitorOf, type Visit } from './visit.js';

/** The client that stands for this server's own pages. */
const ACCOUNT_CLIENT = 'account';

/** Which form is answered, as its address says. */
export interface AnsweredForm {
  login: string;
  execution: string;
  code: string;
  fields: Record<string, string>;
}

/**
 * Leads a browser through a login. What comes next is the flows service's word; here it becomes a page (or JSON), a
 * session, or a redirect.
 */
@Injectable()
export class Logins {
  constructor(
    private readonly bus: Bus,
    private readonly sessions: Sessions,
    private readonly cookies: Cookies,
    private readonly config: GatewayConfig,
  ) {}

  /** Opens a login that leads to the account page. */
  start(visit: Visit, flow: FlowKind, notice?: string): Promise<LoginStep> {
    return this.bus.call(flows.start, {
      ...askedBy(visit),
      flow,
      clientId: ACCOUNT_CLIENT,
      redirectUri: `${this.config.publicUrl}${accountPath(visit.realm.name)}`,
      ...(notice ? { notice } : {}),
    });
  }

  show(visit: Visit, login: string, query: Record<string, string>): Promise<LoginStep> {
    return this.bus.call(flows.show, { ...askedBy(visit), login, query });
  }

  restart(visit: Visit, login: string): Promise<LoginStep> {
    return this.bus.call(flows.show, { ...askedBy(visit), login, restart: true });
  }

  submit(visit: Visit, answered: AnsweredForm): Promise<LoginStep> {
    return this.bus.call(flows.submit, { ...askedBy(visit), ...answered });
  }

  /** Answers the request with what comes next. */
  async answer(visit: Visit, step: LoginStep): Promise<FastifyReply> {
    switch (step.kind) {
      case 'form':
        return this.showForm(visit, step);
      case 'done':
        return this.finish(visit, step.login, step.finished);
      case 'failed':
        return this.fail(visit, step);
      case 'expired': {
        // Somebody else's login, one that is over, and one that never was all look like this.
        const fresh = await this.start(visit, 'browser', 'expiredCodeMessage');
        return fresh.kind === 'expired' ? this.fail(visit, NO_COOKIE) : this.answer(visit, fresh);
      }
    }
  }

  private showForm({ request, reply, realm, realmName, t }: Visit, step: FormStep): FastifyReply {
    const addresses = addressesOf(realm.name, step);
    if (wantsJson(request)) return reply.send(formJson(step, addresses, t));
    return reply
      .type('text/html; charset=utf-8')
      .send(draw(<FormPage form={step.form} addresses={addresses} t={t} realmName={realmName} />));
  }

  /** The one place where a browser gets a session. */
  private async finish(visit: Visit, loginId: string, finished: FinishedLogin): Promise<FastifyReply> {
    const { realm, request, reply, browserSecret, session } = visit;
    if (!finished.sessionId) {
      const opened = await this.sessions.open({
        loginId,
        realm,
        finished,
        browserSecret,
        replaces: session?.id,
        ...visitorOf(request),
      });
      const remembered = finished.rememberMe ? lifetimes(realm).max(true) : undefined;
      // A login that was finished before, and whose session is over, takes nothing away from what came after it.
      if (opened) this.cookies.setSession(reply, realm.id, opened.token, remembered);
    }
    if (finished.endOtherSessions) {
      await this.sessions.endOfUser(realm.id, finished.userId, finished.sessionId ?? loginId);
    }
    const target = this.targetOf(visit, finished);
    // 303 and not 307, which would send the password on (RFC 9700 §4.12).
    return wantsJson(request)
      ? reply.send({ login: loginId, redirectUri: `${this.config.publicUrl}${target}` })
      : reply.redirect(target, 303);
  }

  private fail(visit: Visit, { error, status }: Pick<Failed, 'error' | 'status'>): FastifyReply {
    const { request, reply, realm, realmName, t } = visit;
    void reply.status(status);
    if (wantsJson(request)) return reply.send({ error: 'login_failed', error_description: t(error) });
    const page = (
      <NoticePage
        t={t}
        pageId="login-error"
        title={t({ key: 'errorTitle' })}
        realmName={realmName}
        kind="error"
        message={t(error)}
        next={{ id: 'backToApplication', label: t({ key: 'backToLogin' }), href: accountPath(realm.name) }}
      />
    );
    return reply.type('text/html; charset=utf-8').send(draw(page));
  }

  /** Where the login was to lead when it began, if that is a place of ours; nothing that the request says counts. */
  private targetOf({ realm }: Visit, { redirectUri }: FinishedLogin): string {
    return (redirectUri && ownPath(this.config.publicUrl, redirectUri)) || accountPath(realm.name);
  }
}

type Failed = Extract<LoginStep, { kind: 'failed' }>;

const NO_COOKIE: Pick<Failed, 'error' | 'status'> = { error: { key: 'cookieNotFoundMessage' }, status: 400 };
