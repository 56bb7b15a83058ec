/**
 * The one form of a username or an e-mail address, whoever types it: the same letters in another case, in composed or
 * full-width form, or with spaces around are the same name. Applied when a name is stored and when one is looked for.
 */
export const canonical = (name: string): string =>
  name.normalize('NFKC').toLowerCase().normalize('NFKC').trim();
