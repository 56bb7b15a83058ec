import type { ComponentChildren } from 'preact';
import type { Translate } from '../../texts/texts.js';
import { Layout } from './layout.js';
import { Message, type MessageProps } from './message.js';

export interface NoticePageProps {
  t: Translate;
  pageId: 'login-error' | 'login-info';
  title: string;
  realmName?: string;
  kind?: MessageProps['kind'];
  /** Where the title does not say it all. */
  message?: string;
  /** What a reload asks for, where that is something else. */
  address?: string;
  /** Where one can go from here. */
  next?: { id: string; label: string; href: string };
  /** Below the page. */
  picker?: ComponentChildren;
  /** What else there is to do. */
  children?: ComponentChildren;
}

/** A page that says one thing: what went wrong, or that something is done. */
export function NoticePage(props: NoticePageProps) {
  const { t, pageId, title, kind = 'info', message, next, children, ...layout } = props;
  return (
    <Layout {...layout} language={t.language} pageId={pageId} title={title}>
      {message && (
        <Message kind={kind}>
          <span id={pageId === 'login-error' ? 'kc-error-message' : 'kc-info-message'}>{message}</span>
        </Message>
      )}
      {next && (
        <a id={next.id} class="primary" href={next.href}>
          {next.label}
        </a>
      )}
      {children}
    </Layout>
  );
}
