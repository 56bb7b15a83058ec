import { Injectable } from '@nestjs/common';
import { text, type Text } from '@tumbler/contract-flows';
import type { Realm } from '@tumbler/contract-users';
import type { AppError, ErrorCode } from '@tumbler/errors';
import type { FastifyRequest } from 'fastify';
import { Cookies } from '../http/cookies.js';
import { HTTPS_REQUIRED } from '../realms/https-required.js';
import { REALM_NOT_ENABLED, Realms } from '../realms/realms.js';
import { languageOf, NO_REALM, offered } from '../texts/languages.js';
import { translate } from '../texts/texts.js';
import { LanguagePicker } from './pages/language-picker.js';
import { draw } from './pages/layout.js';
import { NoticePage } from './pages/notice-page.js';
import { wishesOf } from './visit-language.js';

const WORDS: Record<ErrorCode, { title: string; text: (requestId: string) => Text }> = {
  invalid_request: { title: 'badRequestTitle', text: () => text('badRequestText') },
  unauthorized: { title: 'errorTitle', text: () => text('access-denied') },
  forbidden: { title: 'otherSiteTitle', text: () => text('otherSiteText') },
  not_found: { title: 'pageNotFoundTitle', text: () => text('pageNotFoundText') },
  realm_not_found: { title: 'realmNotFoundTitle', text: () => text('realmNotFoundText') },
  not_acceptable: { title: 'badRequestTitle', text: () => text('badRequestText') },
  conflict: { title: 'errorTitle', text: () => text('unexpectedErrorMessage') },
  payload_too_large: { title: 'badRequestTitle', text: () => text('tooLargeText') },
  internal: { title: 'internalTitle', text: (requestId) => text('internalText', requestId) },
  service_unavailable: { title: 'unavailableTitle', text: () => text('unavailableText') },
};

/** A realm that lets nobody in says why. */
const REFUSALS = new Map([
  [REALM_NOT_ENABLED, 'realmNotEnabledText'],
  [HTTPS_REQUIRED, 'httpsRequiredText'],
]);

/** Pages about what the program could not go on with. They tell what to do and nothing about the inside. */
@Injectable()
export class ErrorPages {
  constructor(
    private readonly realms: Realms,
    private readonly cookies: Cookies,
  ) {}

  async draw(error: AppError, request: FastifyRequest): Promise<string> {
    const realm = await this.realmOf(error, request);
    const speaking = realm ?? NO_REALM;
    const t = translate(languageOf(speaking, wishesOf(speaking, { request, cookies: this.cookies })));
    const words = WORDS[error.code];
    const refusal = REFUSALS.get(error.details.message ?? '');
    const comesBack = error.code === 'service_unavailable';
    return draw(
      <NoticePage
        t={t}
        pageId="login-error"
        title={t(text(refusal ? 'errorTitle' : words.title))}
        kind={comesBack ? 'warning' : 'error'}
        message={t(refusal ? text(refusal) : words.text(request.id))}
        next={
          comesBack
            ? { id: 'try-again', label: t(text('doTryAgain')), href: sameStep(request.url) }
            : undefined
        }
        picker={realm && <LanguagePicker languages={offered(realm)} t={t} address={sameStep(request.url)} />}
      />,
    );
  }

  /** The realm that the address is in, for its languages; where it is not there or nobody could be asked for it, none. */
  private async realmOf({ code }: AppError, { url }: FastifyRequest): Promise<Realm | undefined> {
    const [, name] = /^\/realms\/([^/?]+)/.exec(url) ?? [];
    if (name === undefined || WITHOUT_REALM.has(code)) return undefined;
    try {
      return await this.realms.byName(decodeURIComponent(name));
    } catch {
      return undefined;
    }
  }
}

/** Then it is not there, or whoever knows does not answer. */
const WITHOUT_REALM = new Set<ErrorCode>(['realm_not_found', 'internal', 'service_unavailable']);

/** Asks for the same step again: without the code of a form, which is for sending only. */
export function sameStep(address: string): string {
  const [path = '/', query = ''] = address.split('?');
  const params = new URLSearchParams(query);
  params.delete('session_code');
  const kept = params.toString();
  const readable = path.replace(/\/account\/.*$/, '/account');
  // Whatever else the address was: a link to it could lead away from here.
  if (!readable.startsWith('/realms/')) return '/';
  return kept ? `${readable}?${kept}` : readable;
}
