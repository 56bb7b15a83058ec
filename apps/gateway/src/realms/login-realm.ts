import type { LoginRealm } from '@tumbler/contract-flows';
import type { Realm } from '@tumbler/contract-users';
import { languageOf, offered } from '../texts/languages.js';

/** What links that are sent by mail begin with, and how long they work. */
export const mailedLinks = (
  realm: Realm,
  publicUrl: string,
): Pick<LoginRealm, 'url' | 'userLinkLifespan' | 'adminLinkLifespan' | 'locales'> => ({
  ...localesOf(realm),
  url: `${publicUrl}/realms/${encodeURIComponent(realm.name)}`,
  userLinkLifespan: realm.actionTokenGeneratedByUserLifespan,
  adminLinkLifespan: realm.actionTokenGeneratedByAdminLifespan,
});

function localesOf(realm: Realm): Pick<LoginRealm, 'locales'> {
  const languages = offered(realm);
  const first = languageOf(realm, {});
  return languages.length === 0
    ? {}
    : { locales: [...(first ? [first] : []), ...languages.filter((language) => language !== first)] };
}

/** What a login is told of its realm. */
export const loginRealm = (realm: Realm): LoginRealm => ({
  id: realm.id,
  name: realm.name,
  ...(realm.displayName ? { displayName: realm.displayName } : {}),
  registrationAllowed: realm.registrationAllowed,
  registrationEmailAsUsername: realm.registrationEmailAsUsername,
  resetPasswordAllowed: realm.resetPasswordAllowed,
  rememberMe: realm.rememberMe,
  loginWithEmailAllowed: realm.loginWithEmailAllowed,
  verifyEmail: realm.verifyEmail,
  loginLifespan: realm.accessCodeLifespanLogin,
  actionLifespan: realm.accessCodeLifespanUserAction,
});
