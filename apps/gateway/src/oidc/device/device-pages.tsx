import { Injectable } from '@nestjs/common';
import type { Text } from '@tumbler/contract-flows';
import { text } from '@tumbler/contract-flows';
import type { FastifyReply } from 'fastify';
import { wantsJson } from '../../http/accept.js';
import { jsonStep } from '../../login/json-answers.js';
import { Notices } from '../../login/notices.js';
import { FormPage } from '../../login/pages/form-page.js';
import { draw } from '../../login/pages/layout.js';
import type { Visit } from '../../login/visit.js';
import { offered } from '../../texts/languages.js';
import { Authorizations, type Proven } from '../authorizations.js';
import type { Pending } from '../provider/exchange.js';
import { DeviceCodes } from './device-codes.js';

const NAMES = {
  admitted: ['oauth2DeviceVerificationCompleteHeader', 'oauth2DeviceVerificationCompleteMessage'],
  refused: ['oauth2DeviceVerificationFailedHeader', 'oauth2DeviceConsentDeniedMessage'],
  late: ['oauth2DeviceVerificationFailedHeader', 'oauth2DeviceExpiredUserCodeMessage'],
} as const;

const devicePath = (realm: string): string => `/realms/${encodeURIComponent(realm)}/device`;

/** What the user of a device sees in the browser (RFC 8628 §3.3). */
@Injectable()
export class DevicePages {
  constructor(
    private readonly codes: DeviceCodes,
    private readonly authorizations: Authorizations,
    private readonly notices: Notices,
  ) {}

  /** Asks for the code that the device shows. */
  async ask(
    { request, reply, realm, realmName, t }: Visit,
    { typed, error, status = 200 }: { typed?: string; error?: Text; status?: number } = {},
  ): Promise<FastifyReply> {
    const path = devicePath(realm.name);
    const form = {
      ...{ page: 'login-login-oauth2-device-verify-user-code', id: 'kc-user-verify-device-user-code-form' },
      title: text('oauth2DeviceVerificationTitle'),
      message: { kind: 'warning' as const, text: text('oauth2DevicePhishingWarning') },
      fields: [
        {
          ...{ name: 'device_user_code', id: 'device-user-code', type: 'text' as const, autocomplete: 'off' },
          ...{ label: text('verifyOAuth2DeviceUserCode'), required: true, autofocus: true },
          ...(typed ? { value: typed } : {}),
          ...(error ? { error: { id: 'device-user-code-error', text: error } } : {}),
        },
      ],
      buttons: [{ id: 'kc-login', label: text('doSubmit'), kind: 'primary' as const }],
    };
    const step = { kind: 'form' as const, login: '', execution: 'device', code: '', clientId: '', form };
    const addresses = { action: path, step: path, link: () => path };
    void reply.status(status);
    if (wantsJson(request)) return reply.send(jsonStep(step, addresses, t));
    return reply
      .type('text/html; charset=utf-8')
      .send(draw(<FormPage {...{ form, addresses, t, realmName }} languages={offered(realm)} />));
  }

  /** The device gets its tokens when it asks next. */
  async admit(visit: Visit, about: Proven, { device, payload }: Pending): Promise<FastifyReply> {
    const { id: sessionUid, userId: accountId } = about.session;
    const { scope } = (payload.params ?? {}) as Record<string, string | undefined>;
    const acr = await this.authorizations.acr(about, payload);
    const approval = { accountId, sessionUid, acr, ...(scope ? { scope } : {}) };
    const isInTime = await this.codes.decide(device!.id, approval);
    return this.say(visit, isInTime ? 'admitted' : 'late');
  }

  async refuse(visit: Visit, { device }: Pending): Promise<FastifyReply> {
    await this.codes.decide(device!.id, { error: 'access_denied' });
    return this.say(visit, 'refused');
  }

  private async say(visit: Visit, what: keyof typeof NAMES): Promise<FastifyReply> {
    const { request, reply, t } = visit;
    const [title, message] = NAMES[what].map((key) => text(key));
    if (wantsJson(request)) return reply.send({ message: `${t(title!)} ${t(message!)}` });
    const about =
      what === 'admitted'
        ? ({ pageId: 'login-info', kind: 'success' } as const)
        : ({ pageId: 'login-error', kind: 'error' } as const);
    return this.notices.show(visit, { ...about, title: title!, message });
  }
}
