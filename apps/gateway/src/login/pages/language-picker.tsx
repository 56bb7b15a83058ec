import { text } from '@tumbler/contract-flows';
import { nameOf } from '../../texts/languages.js';
import type { Translate } from '../../texts/texts.js';

export interface LanguagePickerProps {
  languages: string[];
  t: Translate;
  /** Of the page that is shown. */
  address: string;
}

/** Links to the same page in the other languages, where there are others. */
export function LanguagePicker({ languages, t, address }: LanguagePickerProps) {
  if (languages.length < 2) return null;
  return (
    <nav id="kc-locale" class="languages" aria-label={t(text('languages'))}>
      {languages.map((language) => (
        <a
          key={language}
          id={`language-${language}`}
          href={inLanguage(address, language)}
          lang={language}
          hreflang={language}
          aria-current={language === t.language ? 'true' : undefined}
        >
          {nameOf(language)}
        </a>
      ))}
    </nav>
  );
}

function inLanguage(address: string, language: string): string {
  const [path = '', query = ''] = address.split('?');
  const params = new URLSearchParams(query);
  params.set('kc_locale', language);
  return `${path}?${params.toString()}`;
}
