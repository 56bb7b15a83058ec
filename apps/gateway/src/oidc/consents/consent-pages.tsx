import { Injectable } from '@nestjs/common';
import { text, type Form } from '@tumbler/contract-flows';
import type { FastifyReply } from 'fastify';
import { wantsJson } from '../../http/accept.js';
import { browserHash } from '../../http/cookies.js';
import { FormTokens } from '../../http/form-tokens.js';
import { allowFormsTo } from '../../http/security-headers.js';
import { actionsPath, type FormStep } from '../../login/addresses.js';
import { jsonStep } from '../../login/json-answers.js';
import { FormPage } from '../../login/pages/form-page.js';
import { draw } from '../../login/pages/layout.js';
import type { Visit } from '../../login/visit.js';
import { offered } from '../../texts/languages.js';
import { Authorizations, type Proven } from '../authorizations.js';
import type { Client } from '../clients/client-settings.js';
import { Clients } from '../clients/clients.js';
import { redirectUrisOf } from '../provider/client-metadata.js';
import type { Pending } from '../provider/exchange.js';
import { scopesToConsent, textOfScope } from './consent-scopes.js';

/** Asks users what applications may know and do (keycloak.md §6.2: the page and its buttons). */
@Injectable()
export class ConsentPages {
  constructor(
    private readonly clients: Clients,
    private readonly authorizations: Authorizations,
    private readonly formTokens: FormTokens,
  ) {}

  /** Keeps the request until the user has answered. */
  async ask(visit: Visit, about: Proven, pending: Pending): Promise<FastifyReply> {
    await this.authorizations.waitForConsent(about, browserHash(visit.browserSecret), pending);
    return this.show(visit, pending);
  }

  async show(visit: Visit, { uid, payload, device }: Pending): Promise<FastifyReply> {
    const { request, reply, realm, realmName, t } = visit;
    const params = (payload.params ?? {}) as Record<string, string | undefined>;
    const client = (await this.clients.byClientId(realm, params.client_id ?? ''))!;
    const step: FormStep = {
      ...{ kind: 'form', login: uid, execution: 'consent', clientId: client.clientId },
      ...{ code: this.codeOf(uid), form: formOf(client, scopesToConsent(client, params), device?.userCode) },
    };
    const here = { client_id: client.clientId, tab_id: uid };
    const to = (query: Record<string, string>) =>
      `${actionsPath(realm.name, 'consent')}?${new URLSearchParams(query).toString()}`;
    const addresses = {
      action: to({ session_code: step.code, ...here }),
      step: to(here),
      link: () => to(here),
    };
    if (wantsJson(request)) return reply.send(jsonStep(step, addresses, t, visit.caller));
    allowFormsTo(reply, redirectUrisOf(client));
    return reply
      .type('text/html; charset=utf-8')
      .send(draw(<FormPage form={step.form} {...{ addresses, t, realmName }} languages={offered(realm)} />));
  }

  /** Whether an answer comes from the page, and not from somebody who guesses what is on it. */
  fits(uid: string, code: string): boolean {
    return this.formTokens.fits(placeOf(uid), code);
  }

  private codeOf(uid: string): string {
    return this.formTokens.of(placeOf(uid));
  }
}

const placeOf = (uid: string): string => `consent/${uid}`;

function formOf(client: Client, scopes: string[], userCode?: string): Form {
  return {
    page: 'login-login-oauth-grant',
    id: 'kc-oauth-grant',
    title: text('oauthGrantTitle', nameOf(client)),
    ...(userCode ? { message: { kind: 'warning', text: text('oauth2DeviceConfirm', userCode) } } : {}),
    blocks: [
      { kind: 'text', text: text('oauthGrantRequest') },
      { kind: 'list', id: 'kc-oauth-scopes', items: scopes.map((scope) => text(textOfScope(scope))) },
    ],
    fields: [],
    buttons: [
      { id: 'kc-login', name: 'accept', value: 'Yes', label: text('doYes'), kind: 'primary' },
      { id: 'kc-cancel', name: 'cancel', value: 'No', label: text('doNo'), kind: 'secondary' },
    ],
  };
}

/** Names of built-in clients are keys of texts, and no names. */
const nameOf = ({ name, clientId }: Client): string => (name && !name.startsWith('${') ? name : clientId);
