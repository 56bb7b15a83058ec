import { Injectable } from '@nestjs/common';
import { text, type Text } from '@tumbler/contract-flows';
import { Keyring, SealBroken } from '@tumbler/sealing';
import type { FastifyReply } from 'fastify';
import { browserHash } from '../http/cookies.js';
import { offered } from '../texts/languages.js';
import { accountPath, actionsPath } from './addresses.js';
import { LanguagePicker } from './pages/language-picker.js';
import { draw } from './pages/layout.js';
import { NoticePage, type NoticePageProps } from './pages/notice-page.js';
import type { Visit } from './visit.js';

/** What a page says, before it is in a language. */
export interface Notice extends Pick<NoticePageProps, 'pageId' | 'kind'> {
  status?: number;
  title: Text;
  message?: Text;
  next?: { id: string; label: Text; href: string };
}

/** No notice is longer, sealed. */
const LONGEST = 8_192;

/**
 * Pages that say what has become of something. That is over and cannot be asked for again: to be read in another language,
 * the notice goes along in the address, sealed, so that nobody can have this server say what they like, nor read in a log
 * whom it is about. It opens in its browser alone.
 */
@Injectable()
export class Notices {
  constructor(private readonly keyring: Keyring) {}

  /** @param address what a reload asks for, where that is something else */
  show(visit: Visit, notice: Notice, address?: string): FastifyReply {
    const { reply, realm, realmName, t } = visit;
    const { status, title, message, next, ...about } = notice;
    if (status) void reply.status(status);
    const languages = offered(realm);
    const page = (
      <NoticePage
        {...about}
        t={t}
        title={t(title)}
        realmName={realmName}
        message={message && t(message)}
        next={next && { ...next, label: t(next.label) }}
        address={address}
        picker={
          languages.length > 1 && (
            <LanguagePicker languages={languages} t={t} address={this.addressOf(visit, notice)} />
          )
        }
      />
    );
    return reply.type('text/html; charset=utf-8').send(draw(page));
  }

  /** Undefined for one of another browser or realm, and for what is none. Nothing went wrong with asking for it. */
  opened(visit: Visit, sealed: string): Omit<Notice, 'status'> | undefined {
    const [keyId = '', data = ''] = sealed.slice(0, LONGEST).split('~');
    try {
      const plain = this.keyring.open({ keyId, data: Buffer.from(data, 'base64url') }, placeOf(visit));
      const { status: _before, ...notice } = JSON.parse(plain.toString()) as Notice;
      return notice;
    } catch (error) {
      if (error instanceof SealBroken) return undefined;
      throw error;
    }
  }

  private addressOf(visit: Visit, notice: Notice): string {
    const { keyId, data } = this.keyring.seal(Buffer.from(JSON.stringify(notice)), placeOf(visit));
    const info = `${keyId}~${data.toString('base64url')}`;
    return `${actionsPath(visit.realm.name, 'detached-info')}?${new URLSearchParams({ info }).toString()}`;
  }
}

const placeOf = ({ realm, browserSecret }: Visit): string =>
  `notice/${realm.id}/${browserHash(browserSecret)}`;

export const signedOut = (realm: string): Notice => ({
  pageId: 'login-info',
  title: text('successLogout'),
  next: { id: 'sign-in', label: text('signInAgain'), href: accountPath(realm) },
});
