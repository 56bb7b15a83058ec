import type { LoginRealm } from '@tumbler/contract-flows';
import type { Realm } from '@tumbler/contract-users';

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
