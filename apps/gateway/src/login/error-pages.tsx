import { Injectable } from '@nestjs/common';
import { text, type Text } from '@tumbler/contract-flows';
import type { AppError, ErrorCode } from '@tumbler/errors';
import type { FastifyRequest } from 'fastify';
import { HTTPS_REQUIRED } from '../realms/https-required.js';
import { REALM_NOT_ENABLED } from '../realms/realms.js';
import { translate } from '../texts/texts.js';
import { draw } from './pages/layout.js';
import { NoticePage } from './pages/notice-page.js';

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
  draw(error: AppError, request: FastifyRequest): string {
    const t = translate();
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
      />,
    );
  }
}

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
