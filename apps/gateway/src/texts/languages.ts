import type { Realm } from '@tumbler/contract-users';
import { isSpoken, LANGUAGES, primary } from './texts.js';

export type Speaking = Pick<Realm, 'internationalizationEnabled' | 'supportedLocales' | 'defaultLocale'>;

/** Of a page that is no realm's: every language that there are words of. */
export const NO_REALM: Speaking = { internationalizationEnabled: true, supportedLocales: [...LANGUAGES] };

/** What is known of the language that a visitor would like to read. Untrusted, all of it. */
export interface Wishes {
  /** Picked on a page, or named by an application for its user (`kc_locale`). */
  chosen?: string;
  /** The attribute `locale` of whoever is signing in, once they have proven something. */
  users?: string;
  /** `ui_locales` of the authorization request: in order of preference, with blanks between. */
  wished?: string;
  /** Picked at an earlier visit. */
  remembered?: string;
  /** The header `Accept-Language`. */
  accepted?: string;
}

/** The languages that a realm offers, as far as there are words of them. */
export const offered = ({ internationalizationEnabled, supportedLocales }: Speaking): string[] =>
  internationalizationEnabled ? supportedLocales.filter(isSpoken) : [];

/** The language of a page, in Keycloak's order. Nothing but what the realm offers ever comes of a wish. */
export function languageOf(realm: Speaking, wishes: Wishes): string | undefined {
  const languages = offered(realm);
  const { chosen = '', users = '', wished = '', remembered = '', accepted = '' } = wishes;
  const inOrder = [chosen, users, ...wished.split(' '), remembered, ...byPreference(accepted)];
  for (const wish of inOrder) {
    const found = matching(languages, wish);
    if (found) return found;
  }
  return matching(languages, realm.defaultLocale ?? '');
}

/** RFC 4647 §3.4: the tag itself, or less and less of it; else one of the same language. */
export function matching(languages: string[], wish: string): string | undefined {
  if (!wish) return undefined;
  for (let range = wish.toLowerCase(); range; range = range.slice(0, Math.max(range.lastIndexOf('-'), 0))) {
    const found = languages.find((language) => language.toLowerCase() === range);
    if (found) return found;
  }
  return languages.find((language) => primary(language) === primary(wish));
}

/** RFC 9110 §12.5.4 */
function byPreference(accept: string): string[] {
  return accept
    .split(',')
    .map((part) => {
      const [tag = '', ...params] = part.trim().split(';');
      const q = params.find((param) => param.trim().startsWith('q='));
      return { tag, q: q ? Number(q.trim().slice(2)) : 1 };
    })
    .filter(({ q }) => q > 0)
    .sort((a, b) => b.q - a.q)
    .map(({ tag }) => tag);
}

/** As its speakers call it. */
export const nameOf = (language: string): string =>
  new Intl.DisplayNames([language], { type: 'language' }).of(language) ?? language;
