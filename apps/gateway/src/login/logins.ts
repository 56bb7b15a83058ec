import { randomUUID } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { Bus } from '@tumbler/bus';
import { flows, type FinishedLogin, type FlowKind, type LoginStep } from '@tumbler/contract-flows';
import { ACCOUNT_CLIENT } from '@tumbler/contract-users';
import type { FastifyReply } from 'fastify';
import { browserHash, Cookies } from '../http/cookies.js';
import { ownPath } from '../http/own-path.js';
import {
  Authorizations,
  wantedLogin,
  type AuthorizationRequest,
  type LoginOfBrowser,
  type Proven,
  type WantedLogin,
} from '../oidc/authorizations.js';
import { wantedBy } from '../oidc/acr.js';
import { Clients } from '../oidc/clients/clients.js';
import { flowOverrides } from '../oidc/clients/flow-overrides.js';
import type { WaitingDevice } from '../oidc/device/device-codes.js';
import { DevicePages } from '../oidc/device/device-pages.js';
import { ConsentPages } from '../oidc/consents/consent-pages.js';
import type { Exchange, Pending } from '../oidc/provider/exchange.js';
import { Sessions } from '../sessions/sessions.js';
import { lifetimes } from '../sessions/session.js';
import { accountPath } from './addresses.js';
import { LoginPages, type Failed } from './login-pages.js';
import { speaking } from './visit-language.js';
import { askedBy, broughtSession, visitorOf, type Visit } from './visit.js';

/** Which form is answered, as its address says. */
export interface AnsweredForm {
  login: string;
  execution: string;
  code: string;
  fields: Record<string, string>;
}

/**
 * Leads a browser through a login. What comes next is the flows service's word; here it becomes a page, a session,
 * or a redirect.
 */
@Injectable()
export class Logins {
  constructor(
    private readonly bus: Bus,
    private readonly sessions: Sessions,
    private readonly cookies: Cookies,
    private readonly authorizations: Authorizations,
    private readonly clients: Clients,
    private readonly consentPages: ConsentPages,
    private readonly devicePages: DevicePages,
    private readonly pages: LoginPages,
  ) {}

  /** Leads whom an application sent to a code for it, through a login where one is needed (OpenID Connect Core §3.1.2). */
  async authorize(visit: Visit, request: AuthorizationRequest): Promise<FastifyReply> {
    const begun = await this.authorizations.begin(exchangeOf(visit), request);
    if (begun.kind === 'answered') return this.pages.relay(visit, begun);
    return this.startFor(visit, begun.wanted);
  }

  /** Leads the user of a device through a login, to the question whether it may act for them (RFC 8628 §3.3). */
  startForDevice(visit: Visit, device: WaitingDevice, userCode: string): Promise<FastifyReply> {
    const { id, clientId, params } = device;
    const payload = {
      ...{ kind: 'Interaction' as const, params: { ...params, client_id: clientId } },
      prompt: { name: 'login', reasons: ['flow'], details: {} },
    };
    const pending = { uid: randomUUID(), payload, device: { id, userCode } };
    return this.startFor(visit, wantedLogin(visit.session && broughtSession(visit.session), pending));
  }

  /** Opens a login that leads to the account page, by way of an action where one is asked for. */
  async start(visit: Visit, flow: FlowKind, notice?: string, action?: string): Promise<LoginStep> {
    const client = await this.clients.byClientId(visit.realm, ACCOUNT_CLIENT);
    return this.bus.call(flows.start, {
      ...askedBy(visit),
      flow,
      clientId: ACCOUNT_CLIENT,
      ...flowOverrides(client),
      redirectUri: `${visit.publicUrl}${accountPath(visit.realm.name)}`,
      ...(notice ? { notice } : {}),
      ...(action ? { action } : {}),
    });
  }

  /** Leaves a login for another flow: to register, to reset a password, or back to signing in. What it was for stays the same. */
  async turnTo(visit: Visit, flow: FlowKind, login: string): Promise<FastifyReply> {
    const { realm, session } = visit;
    const pending = login && (await this.authorizations.of(realm, loginOf(visit, login)));
    if (!pending) return this.answer(visit, await this.start(visit, flow));
    return this.startFor(visit, wantedLogin(session && broughtSession(session), { ...pending, flow }));
  }

  /** A login for an application: what it asked for waits until the login is over. */
  private async startFor(visited: Visit, wanted: WantedLogin, notice?: string): Promise<FastifyReply> {
    const visit = speaking(visited, { params: wanted.params });
    const { flow, clientId, redirectUri, loginHint, action, anew, params, pending } = wanted;
    const { session: _proven, ...visitor } = visit;
    const client = await this.clients.byClientId(visit.realm, clientId);
    const step = await this.bus.call(flows.start, {
      ...askedBy(anew ? visitor : visit),
      ...{ flow, clientId, redirectUri },
      ...flowOverrides(client),
      ...(loginHint ? { loginHint } : {}),
      ...(action ? { action } : {}),
      ...(client ? { wanted: wantedBy(visit.realm, client, params) } : {}),
      ...(notice ? { notice } : {}),
    });
    if (step.kind === 'form')
      await this.authorizations.wait(visit.realm, loginOf(visit, step.login), pending);
    return this.answer(visit, step, undefined, pending);
  }

  show(visit: Visit, login: string, query: Record<string, string>): Promise<LoginStep> {
    return this.bus.call(flows.show, { ...askedBy(visit), ...pickedBy(visit), login, query });
  }

  restart(visit: Visit, login: string): Promise<LoginStep> {
    return this.bus.call(flows.show, { ...askedBy(visit), login, restart: true });
  }

  submit(visit: Visit, answered: AnsweredForm): Promise<LoginStep> {
    return this.bus.call(flows.submit, { ...askedBy(visit), ...pickedBy(visit), ...answered });
  }

  /**
   * Answers the request with what comes next.
   * @param login the one that was asked for, which may be no more
   * @param pending the authorization request that the login is for, where it is at hand
   */
  async answer(visit: Visit, step: LoginStep, login?: string, pending?: Pending): Promise<FastifyReply> {
    switch (step.kind) {
      case 'form':
        return this.pages.show(visit, step);
      case 'done':
        return this.finish(visit, step.login, step.finished, pending);
      case 'info':
        if (step.endSessionsOf) await this.sessions.endOfUser(visit.realm.id, step.endSessionsOf);
        return this.pages.inform(visit, step);
      case 'failed':
        return this.refuse(visit, step, login, pending);
      case 'expired': {
        const pending = login && (await this.authorizations.of(visit.realm, loginOf(visit, login)));
        if (pending)
          return this.startFor(
            visit,
            wantedLogin(visit.session && broughtSession(visit.session), pending),
            'expiredCodeMessage',
          );
        // Somebody else's login, one that is over, and one that never was all look like this.
        const fresh = await this.start(visit, 'browser', 'expiredCodeMessage');
        return fresh.kind === 'expired' ? this.pages.fail(visit, NO_COOKIE) : this.answer(visit, fresh);
      }
    }
  }

  /** The one place where a browser gets a session. */
  private async finish(
    visit: Visit,
    loginId: string,
    finished: FinishedLogin,
    request?: Pending,
  ): Promise<FastifyReply> {
    const { realm } = visit;
    const own = ownTarget(visit, finished);
    const [alive, pending] = await Promise.all([
      this.enter(visit, loginId, finished),
      own ? undefined : (request ?? this.authorizations.of(realm, loginOf(visit, loginId))),
    ]);
    const sessionId = finished.sessionId ?? loginId;
    if (finished.endOtherSessions) await this.sessions.endOfUser(realm.id, finished.userId, sessionId);

    if (own) return this.pages.leave(visit, `${visit.publicUrl}${own}`, loginId);
    if (!pending) return this.pages.leave(visit, `${visit.publicUrl}${accountPath(realm.name)}`, loginId);
    if (!alive) return this.startFor(visit, wantedLogin(undefined, pending), 'expiredCodeMessage');
    const { userId, authTime, amr, action, level } = finished;
    const about = { ...exchangeOf(visit), session: { id: sessionId, userId, authTime, amr }, action, level };
    return this.end(visit, about, pending, { loginId });
  }

  /** Answers whether the session is alive: a login that was finished before may be of one that has ended since. */
  private async enter(visit: Visit, loginId: string, finished: FinishedLogin): Promise<boolean> {
    const { realm, reply, request, browserSecret, session } = visit;
    if (finished.sessionId && !finished.raised) return true;
    const opening = { loginId, realm, finished, browserSecret, ...visitorOf(request) };
    const opened = await (finished.sessionId
      ? this.sessions.raise({ ...opening, id: finished.sessionId })
      : this.sessions.open({ ...opening, replaces: session?.id }));
    const remembered = finished.rememberMe ? lifetimes(realm).max(true) : undefined;
    // One whose session is over takes nothing away from what came after it.
    if (opened && !visit.caller) this.cookies.setSession(reply, realm.id, opened.token, remembered);
    return opened !== undefined;
  }

  /** Hands a code to the application, or asks first whether its user wants that. */
  async end(
    visit: Visit,
    about: Proven,
    pending: Pending,
    { loginId, consented }: { loginId: string; consented?: boolean },
  ): Promise<FastifyReply> {
    if (pending.device) {
      return consented
        ? this.devicePages.admit(visit, about, pending)
        : this.consentPages.ask(visit, about, { ...pending, uid: randomUUID() });
    }
    const ended = await this.authorizations.finish(about, pending, consented);
    return ended.kind === 'consent'
      ? this.consentPages.ask(visit, about, ended.pending)
      : this.pages.relay(visit, ended, loginId);
  }

  /** The user does not want it. */
  async decline(visit: Visit, about: Proven, pending: Pending): Promise<FastifyReply> {
    if (pending.device) return this.devicePages.refuse(visit, pending);
    const refused = await this.authorizations.refuse(about, pending, 'access_denied', 'User denied access');
    return this.pages.relay(visit, refused);
  }

  /**
   * An application is told that more is demanded than was reached (RFC 9470 §5), and that its user did not want to
   * (RFC 6749 §4.1.2.1); everything else is said to the user.
   */
  private async refuse(
    visit: Visit,
    failed: Failed,
    login?: string,
    request?: Pending,
  ): Promise<FastifyReply> {
    const error = failed.unmet
      ? 'unmet_authentication_requirements'
      : failed.declined
        ? 'access_denied'
        : undefined;
    const pending =
      request ?? (error && login && (await this.authorizations.of(visit.realm, loginOf(visit, login))));
    if (!error || !pending || pending.device) return this.pages.fail(visit, failed, login);
    const refused = await this.authorizations.refuse(
      exchangeOf(visit),
      pending,
      error,
      visit.t(failed.error),
    );
    return this.pages.relay(visit, refused, login);
  }
}

const NO_COOKIE: Pick<Failed, 'error' | 'status'> = { error: { key: 'cookieNotFoundMessage' }, status: 400 };

const loginOf = ({ browserSecret }: Visit, loginId: string): LoginOfBrowser => ({
  loginId,
  browser: browserHash(browserSecret),
});

/** The language that the user picked is theirs from then on, where the realm has users keep it. */
const pickedBy = ({ wishes: { chosen } }: Visit) => (chosen ? { locale: chosen } : {});

/** Where a login for a page of ours was to lead when it began; nothing that the request says counts. */
function ownTarget(
  { realm, publicUrl }: Visit,
  { clientId, redirectUri }: FinishedLogin,
): string | undefined {
  if (clientId !== ACCOUNT_CLIENT) return undefined;
  return (redirectUri && ownPath(publicUrl, redirectUri)) || accountPath(realm.name);
}

const exchangeOf = ({ realm, request, session }: Visit): Exchange => ({
  realm,
  visitor: visitorOf(request),
  ...(session ? { session: broughtSession(session) } : {}),
});
