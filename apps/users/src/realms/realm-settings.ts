import type { RealmSettings } from '@tumbler/contract-users';
import { isStorable } from '@tumbler/database';
import { invalid } from '@tumbler/errors';

/** Settings as they lie in the database: the plain fields that somebody set. The password of the mail server lies apart, sealed. */
export type StoredSettings = { [K in keyof RealmSettings]?: NonNullable<RealmSettings[K]> };

const MOST_CHARACTERS = 100_000;

/**
 * What of the settings that were sent is to be stored. A field that is null counts as not sent.
 * Throws `invalid_request` for what the database could not hold.
 */
export function settingsToStore(sent: RealmSettings): StoredSettings {
  const settings = Object.fromEntries(
    Object.entries(sent).filter(([, value]) => value !== undefined && value !== null),
  ) as StoredSettings;
  if (settings.smtpServer) settings.smtpServer = { ...settings.smtpServer };
  for (const field of ['attributes', 'smtpServer'] as const) {
    if (settings[field] && !Object.values(settings[field]).every((value) => typeof value === 'string')) {
      throw invalid(`the values of ${field} must be texts`, `settings.${field}`);
    }
  }
  for (const [field, value] of Object.entries(settings)) {
    if (!isStorable(value)) throw invalid(`${field} holds a character that is not text`, `settings.${field}`);
  }
  if (JSON.stringify(settings).length > MOST_CHARACTERS)
    throw invalid('the settings are too long', 'settings');
  if (settings.smtpServer) delete settings.smtpServer.password;
  return settings;
}
