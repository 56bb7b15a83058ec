import type { LoginUser } from '@tumbler/contract-users';
import { localeOf, type Addressee } from '../links/link.js';

/** What a user is told by mail after it has happened, so that somebody else's deed does not go unnoticed (N-14). */
export const NOTICE_KINDS = [
  'email-changed',
  'password-changed',
  'authenticator-added',
  'authenticator-removed',
] as const;
export type NoticeKind = (typeof NOTICE_KINDS)[number];

/** A letter that asks for nothing: there is no link in it. */
export interface Notice {
  notice: NoticeKind;
  to: Addressee;
}

interface Happened {
  type: string;
  details?: Record<string, string>;
}

/** What the owner of an account is to be told of what has just happened to it, at an address that is known to be theirs. */
export function noticesOf(
  events: readonly Happened[],
  { email, emailVerified, attributes }: Pick<LoginUser, 'email' | 'emailVerified' | 'attributes'>,
): Notice[] {
  if (!email || !emailVerified) return [];
  const kinds = new Set(events.flatMap((event) => noticeOf(event) ?? []));
  return [...kinds].map((notice) => ({ notice, to: { email, ...localeOf({ attributes }) } }));
}

function noticeOf({ type, details = {} }: Happened): NoticeKind | undefined {
  if (type === 'REMOVE_CREDENTIAL') return 'authenticator-removed';
  if (type !== 'UPDATE_CREDENTIAL') return undefined;
  return details.credential_type === 'password' ? 'password-changed' : 'authenticator-added';
}
