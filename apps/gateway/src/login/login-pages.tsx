import { Injectable } from '@nestjs/common';
import { text, type LoginStep, type Text } from '@tumbler/contract-flows';
import { ACCOUNT_CLIENT } from '@tumbler/contract-users';
import type { FastifyReply } from 'fastify';
import { wantsJson } from '../http/accept.js';
import { ownPath } from '../http/own-path.js';
import { allowFormsTo } from '../http/security-headers.js';
import type { Answered } from '../oidc/authorizations.js';
import { Clients } from '../oidc/clients/clients.js';
import { redirectUrisOf } from '../oidc/provider/client-metadata.js';
import { relay } from '../oidc/provider/relay.js';
import { offered } from '../texts/languages.js';
import { accountPath, addressesOf, signInAgainPath, type FormStep } from './addresses.js';
import { jsonStep, type JsonAnswer } from './json-answers.js';
import { Notices } from './notices.js';
import { FormPage } from './pages/form-page.js';
import { draw } from './pages/layout.js';
import { carried, speaking } from './visit-language.js';
import type { Visit } from './visit.js';

export type Failed = Extract<LoginStep, { kind: 'failed' }>;
type Informed = Extract<LoginStep, { kind: 'info' }>;

/** What a browser is answered on its way through a login: a page, or the way on; whoever asks for JSON, the same in words. */
@Injectable()
export class LoginPages {
  constructor(
    private readonly clients: Clients,
    private readonly notices: Notices,
  ) {}

  /** The page of a step. */
  async show(visited: Visit, step: FormStep): Promise<FastifyReply> {
    const visit = speaking(visited, { users: step.locale });
    const { request, reply, realm, realmName, wishes, t } = visit;
    const addresses = addressesOf(realm.name, step, carried(wishes));
    if (wantsJson(request)) return sendJson(visit, jsonStep(step, addresses, t, visit.caller));
    const client =
      step.clientId === ACCOUNT_CLIENT ? undefined : await this.clients.byClientId(realm, step.clientId);
    if (client) allowFormsTo(reply, redirectUrisOf(client));
    return reply
      .type('text/html; charset=utf-8')
      .send(
        draw(
          <FormPage
            form={step.form}
            addresses={addresses}
            t={t}
            realmName={realmName}
            languages={offered(realm)}
          />,
        ),
      );
  }

  /** What the provider has to say to the browser: the way back to the application, or what is wrong. */
  async relay(visit: Visit, { answer, refusal }: Answered, loginId?: string): Promise<FastifyReply> {
    const { location } = answer.headers;
    if (typeof location === 'string') return this.leave(visit, location, loginId);
    if (!refusal || wantsJson(visit.request)) return relay(visit.reply, answer);
    const words = REFUSALS.get(refusal.error);
    const message = words ?? { literal: refusal.error_description ?? refusal.error };
    return this.notice(visit, { status: answer.status, message });
  }

  /** Sends the browser on, out of the login. */
  leave(visit: Visit, target: string, loginId?: string): FastifyReply {
    const end = { ...(loginId ? { login: loginId } : {}), redirectUri: target };
    if (wantsJson(visit.request)) return sendJson(visit, end);
    // 303 and not 307, which would send the password on (RFC 9700 §4.12).
    return visit.reply.redirect(ownPath(visit.publicUrl, target) ?? target, 303);
  }

  /** Something was done, and nobody is signed in by it. */
  inform(visit: Visit, info: Informed): FastifyReply {
    const { request, realm, publicUrl, t } = visit;
    const href = info.redirectUri ?? `${publicUrl}${accountPath(realm.name)}`;
    if (wantsJson(request)) return sendJson(visit, { message: t(info.text), redirectUri: href });
    const label = text(info.redirectUri ? 'backToApplication' : 'backToLogin');
    return this.notices.show(visit, {
      ...{ pageId: 'login-info', kind: 'success', title: info.text },
      next: { id: 'backToApplication', label, href },
    });
  }

  /** The login is over, without success. */
  fail(visit: Visit, { error, status }: Pick<Failed, 'error' | 'status'>, loginId?: string): FastifyReply {
    if (!wantsJson(visit.request)) return this.notice(visit, { status, message: error, loginId });
    return sendJson(visit, { error: 'login_failed', error_description: visit.t(error) }, status);
  }

  private notice(
    visit: Visit,
    { status, message, loginId }: { status: number; message: Text; loginId?: string },
  ): FastifyReply {
    const { realm } = visit;
    const href = loginId ? signInAgainPath(realm.name, loginId) : accountPath(realm.name);
    return this.notices.show(visit, {
      ...{ pageId: 'login-error', kind: 'error', status, title: text('errorTitle'), message },
      next: { id: 'backToApplication', label: text('backToLogin'), href },
    });
  }
}

/** What a user can be told of a request that is wrong; the rest is for whoever develops the application. */
const REFUSALS = new Map([
  ['invalid_client', text('clientNotFoundMessage')],
  ['invalid_redirect_uri', text('invalidRedirectUriMessage')],
]);

const sendJson = ({ reply }: Visit, answer: JsonAnswer, status = 200): FastifyReply =>
  reply.status(status).send(answer);
