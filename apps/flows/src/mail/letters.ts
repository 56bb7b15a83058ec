import type { LinkKind } from '../links/link.js';
import type { NoticeKind } from './notice.js';
import { de } from './texts/de.js';
import { en, type LetterTexts } from './texts/en.js';

export interface LetterValues {
  /** English when absent. */
  locale?: string;
  realmName: string;
  /** Where the realm is found: `https://id.example/realms/acme`. */
  realmUrl: string;
  /** How long the link works; 0 where there is none. */
  minutes: number;
}

const LANGUAGES = new Map<string, LetterTexts>([
  ['en', en],
  ['de', de],
]);

export interface Letter {
  subject: string;
  text: string;
  html: string;
}

/** A letter in words, as text and as a page of the plainest kind: nothing in it is loaded from anywhere. */
export function letter(
  kind: LinkKind | NoticeKind,
  { locale = 'en', realmName, minutes }: LetterValues,
  link?: string,
): Letter {
  const { letters, times } = LANGUAGES.get(locale.toLowerCase().split('-')[0] ?? '') ?? en;
  const { subject, before, after } = letters[kind];
  const filled = (text: string) =>
    text.replaceAll(/\{(realm|time)\}/g, (_, name) =>
      name === 'realm' ? realmName : duration(minutes, times),
    );
  const html = [
    `<p>${escaped(filled(before))}</p>`,
    ...(link ? [`<p><a href="${escaped(link)}">${escaped(link)}</a></p>`] : []),
    `<p>${escaped(filled(after))}</p>`,
  ];
  return {
    // A name of a realm with a line break in it must not become a header (nodemailer folds it; this says so).
    subject: filled(subject).replaceAll(/\s+/g, ' '),
    text: [filled(before), ...(link ? [link] : []), `${filled(after)}\n`].join('\n\n'),
    html: html.join('\n'),
  };
}

/** The largest unit that comes out even. */
function duration(minutes: number, times: LetterTexts['times']): string {
  const [count, [one, several]] =
    minutes % 1440 === 0
      ? [minutes / 1440, times.day]
      : minutes % 60 === 0
        ? [minutes / 60, times.hour]
        : [minutes, times.minute];
  return `${count} ${count === 1 ? one : several}`;
}

const ESCAPES: Record<string, string> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};
const escaped = (text: string): string => text.replaceAll(/[&<>"']/g, (sign) => ESCAPES[sign] ?? sign);
