import type { FastifyReply, FastifyRequest } from 'fastify';
import type { Cookies } from '../http/cookies.js';
import { languageOf, matching, offered, type Speaking, type Wishes } from '../texts/languages.js';
import { translate } from '../texts/texts.js';
import type { Visit } from './visit.js';

/** No language tag is longer; a list of a few is not either (RFC 5646 §4.4.1). */
const LONGEST = 255;

interface Asked {
  kc_locale?: unknown;
  ui_locales?: unknown;
}

/** What a request says of the language it is to be answered in. What the realm does not offer is not said. */
export function wishesOf(
  realm: Speaking,
  { request, reply, cookies }: { request: FastifyRequest; reply?: FastifyReply; cookies: Cookies },
): Wishes {
  const remembered = cookies.locale(request);
  const wishes = asked(realm, request.query as Asked);
  // Picking a language counts for the next visit, too.
  if (reply && wishes.chosen && wishes.chosen !== remembered) cookies.setLocale(reply, wishes.chosen);
  return { ...wishes, remembered, accepted: request.headers['accept-language'] };
}

/** The same visit, when an application has said more of the language, or more is known of the user. */
export function speaking(visit: Visit, { params = {}, users }: { params?: Asked; users?: string }): Visit {
  const wishes = { ...visit.wishes, ...asked(visit.realm, params), ...(users ? { users } : {}) };
  return { ...visit, wishes, t: translate(languageOf(visit.realm, wishes)) };
}

/** Goes on from page to page in the addresses, so that one login is in one language. */
export const carried = ({ chosen, wished }: Wishes): Record<string, string> => ({
  ...(chosen ? { kc_locale: chosen } : {}),
  ...(wished ? { ui_locales: wished } : {}),
});

function asked(realm: Speaking, { kc_locale: picked, ui_locales: wanted }: Asked): Wishes {
  const languages = offered(realm);
  const chosen = matching(languages, textOf(picked));
  const [wished] = textOf(wanted)
    .split(' ')
    .flatMap((tag) => matching(languages, tag) ?? []);
  return { ...(chosen ? { chosen } : {}), ...(wished ? { wished } : {}) };
}

const textOf = (value: unknown): string =>
  typeof value === 'string' && value.length <= LONGEST ? value : '';
