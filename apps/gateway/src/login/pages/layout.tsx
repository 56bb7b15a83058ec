import type { ComponentChildren, VNode } from 'preact';
import { renderToString } from 'preact-render-to-string';
import { assetUrl } from '../../http/assets.js';

export interface LayoutProps {
  language: string;
  /** Names the page to those who drive it: `login-login`, `login-error`, … */
  pageId: string;
  title: string;
  /** The realm as its users know it; absent where there is none. */
  realmName?: string;
  /** The address that shows this page again, where that is another than the one it was drawn at. */
  address?: string;
  /** For pages with more to show than a few fields. */
  wide?: boolean;
  /** Below the page. */
  picker?: ComponentChildren;
  children: ComponentChildren;
}

export function Layout({ language, pageId, title, realmName, address, wide, picker, children }: LayoutProps) {
  return (
    <html lang={language}>
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <meta name="color-scheme" content="light dark" />
        <meta name="robots" content="noindex, nofollow" />
        <title>{[title, realmName].filter(Boolean).join(' – ')}</title>
        <link rel="icon" href={assetUrl('icon.svg')} type="image/svg+xml" />
        <link rel="stylesheet" href={assetUrl('login.css')} />
        <script src={assetUrl('login.js')} type="module" />
      </head>
      <body data-page-id={pageId} data-address={address}>
        <div class={wide ? 'page page-wide' : 'page'}>
          <header id="kc-header" class="brand">
            <Logo />
            <span id="kc-header-wrapper">{realmName ?? 'Tumbler'}</span>
          </header>
          <main id="kc-content" class="card">
            <h1 id="kc-page-title">{title}</h1>
            {children}
          </main>
          {picker}
        </div>
      </body>
    </html>
  );
}

/** Four pins that line up: the lock opens. */
function Logo() {
  return (
    <svg class="logo" viewBox="0 0 32 32" aria-hidden="true">
      <rect class="logo-plate" width="32" height="32" rx="8" />
      <path class="logo-line" d="M6 17h20" />
      <path class="logo-pin" d="M9.5 11v6M14 8v9M18.5 12.5v4.5M23 9.5v7.5" />
      <path class="logo-key" d="M9.5 17v4M14 17v6.5M18.5 17v3M23 17v5" />
    </svg>
  );
}

export const draw = (page: VNode): string => `<!doctype html>${renderToString(page)}`;
