import type { LinkKind } from '../links/link.js';
import type { NoticeKind } from './notice.js';
import { en } from './texts/en.js';

export interface LetterValues {
  realmName: string;
  /** Where the realm is found: `https://id.example/realms/acme`. */
  realmUrl: string;
  /** How long the link works; 0 where there is none. */
  minutes: number;
}

export interface Letter {
  subject: string;
  text: string;
  html: string;
}

/** A letter in words, as text and as a page of the plainest kind: nothing in it is loaded from anywhere. */
export function letter(
  kind: LinkKind | NoticeKind,
  { realmName, minutes }: LetterValues,
  link?: string,
): Letter {
  const { subject, before, after } = en[kind];
  const filled = (text: string) =>
    text.replaceAll(/\{(realm|time)\}/g, (_, name) => (name === 'realm' ? realmName : duration(minutes)));
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
function duration(minutes: number): string {
  const [count, unit] =
    minutes % 1440 === 0
      ? [minutes / 1440, 'day']
      : minutes % 60 === 0
        ? [minutes / 60, 'hour']
        : [minutes, 'minute'];
  return `${count} ${unit}${count === 1 ? '' : 's'}`;
}

const ESCAPES: Record<string, string> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};
const escaped = (text: string): string => text.replaceAll(/[&<>"']/g, (sign) => ESCAPES[sign] ?? sign);
