import type { Statuses } from '../engine/walk.js';

export const LINK_KINDS = ['verify-email', 'update-email', 'reset-credentials', 'execute-actions'] as const;
export type LinkKind = (typeof LINK_KINDS)[number];

/** What a link is for, beyond its kind. Nothing secret. */
export interface LinkData {
  /** The address it was sent to: it proves this one, and no other that the user may have by then. */
  email: string;
  /** Of a change of address: the one before. Whoever has moved elsewhere since has another link for that. */
  previousEmail?: string;
  /** Of a change of address: when the password was set that the account had by then. */
  passwordSetAt?: number;
  /** Of a login that goes on behind the link: how far it had come. */
  flowId?: string;
  statuses?: Statuses;
  /** Aliases of the actions to be done. */
  actions?: string[];
  clientId: string;
  /** The login that it was asked for in, which goes on in its own browser. */
  login?: string;
  redirectUri?: string;
}

/** Whose mailbox a letter goes to. */
export interface Addressee {
  email: string;
  /** Their attribute `locale`. */
  locale?: string;
}

/** The language that users have said is theirs. */
export const localeOf = ({
  attributes,
}: {
  attributes: Record<string, string[]>;
}): Pick<Addressee, 'locale'> => {
  const [locale] = attributes.locale ?? [];
  return locale ? { locale } : {};
};

/** A letter with a link in it, to be sent once what it is about is saved. */
export interface LinkLetter {
  kind: LinkKind;
  /** Nobody: nothing is sent, and it costs as much (C-07). */
  to?: { userId: string } & Addressee;
  /** Seconds that the link works. */
  lifespan: number;
  data: Omit<LinkData, 'email'>;
  /** Sent whether or not one was sent just now. */
  always?: boolean;
}
