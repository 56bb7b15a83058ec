import { describe, expect, it } from 'vitest';
import { languageOf, nameOf, offered, type Wishes } from './languages.js';

const realm = (supportedLocales = ['en', 'de'], more: object = {}) => ({
  ...{ internationalizationEnabled: true, supportedLocales, defaultLocale: 'en' },
  ...more,
});

describe('the language of a page', () => {
  it.each<[string, Wishes, string]>([
    ['what was picked', { chosen: 'de', users: 'en', wished: 'en', remembered: 'en', accepted: 'en' }, 'de'],
    ['that of the user', { users: 'de', wished: 'en', remembered: 'en', accepted: 'en' }, 'de'],
    ['what the application wishes', { wished: 'fr de', remembered: 'en', accepted: 'en' }, 'de'],
    ['what was picked before', { remembered: 'de', accepted: 'en' }, 'de'],
    ['what the browser asks for', { accepted: 'fr, de-AT;q=0.8, en;q=0.5' }, 'de'],
    ['what the browser likes best', { accepted: 'en;q=0.4, de;q=0.9' }, 'de'],
    ['not what it refuses', { accepted: 'de;q=0' }, 'en'],
    ['that of the realm', {}, 'en'],
    ['what comes next where the realm does not offer it', { chosen: 'fr', users: 'de' }, 'de'],
    ['nothing that makes no sense', { chosen: '../de', wished: ';;', accepted: 'xx;q=nonsense,,;' }, 'en'],
  ])('is %s', (_, wishes, language) => {
    expect(languageOf(realm(), wishes)).toBe(language);
  });

  it.each([
    [['de-CH', 'en'], 'de', 'de-CH'],
    [['de', 'de-CH'], 'de-CH-1996', 'de-CH'],
    [['de'], 'DE-at', 'de'],
    [['en'], 'deutsch', undefined],
  ])('of %j is, for %s, %s', (languages, chosen, language) => {
    expect(languageOf(realm(languages, { defaultLocale: undefined }), { chosen })).toBe(language);
  });

  it('is none but the first where the realm does not offer several', () => {
    const off = realm(['en', 'de'], { internationalizationEnabled: false });
    expect(languageOf(off, { chosen: 'de', accepted: 'de' })).toBeUndefined();
    expect(offered(off)).toEqual([]);
    expect(offered(realm(['fr', 'de', 'tlh']))).toEqual(['de']);
  });

  it('has the name that its speakers give it', () => {
    expect(['de', 'en', 'de-CH'].map(nameOf)).toEqual(['Deutsch', 'English', 'Schweizer Hochdeutsch']);
  });
});
