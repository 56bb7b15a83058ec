import type { Realm } from '@tumbler/contract-users';

/** The realm of the administrators. It is always there and always called this. */
export const MASTER = 'master';

const MINUTE = 60;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

/** What a realm does where nothing was set. Times are seconds. */
export const REALM_DEFAULTS: Omit<Realm, 'id' | 'name'> = {
  enabled: true,
  sslRequired: 'external',

  registrationAllowed: false,
  registrationEmailAsUsername: false,
  rememberMe: false,
  verifyEmail: false,
  loginWithEmailAllowed: true,
  duplicateEmailsAllowed: false,
  resetPasswordAllowed: false,
  editUsernameAllowed: false,

  defaultSignatureAlgorithm: 'RS256',
  notBefore: 0,
  accessTokenLifespan: 5 * MINUTE,
  ssoSessionIdleTimeout: 30 * MINUTE,
  ssoSessionMaxLifespan: 10 * HOUR,
  // 0: as without "remember me".
  ssoSessionIdleTimeoutRememberMe: 0,
  ssoSessionMaxLifespanRememberMe: 0,
  offlineSessionIdleTimeout: 30 * DAY,
  offlineSessionMaxLifespanEnabled: false,
  offlineSessionMaxLifespan: 60 * DAY,
  // 0: as long as the session.
  clientSessionIdleTimeout: 0,
  clientSessionMaxLifespan: 0,
  clientOfflineSessionIdleTimeout: 0,
  clientOfflineSessionMaxLifespan: 0,
  revokeRefreshToken: true,
  refreshTokenMaxReuse: 0,
  oauth2DeviceCodeLifespan: 10 * MINUTE,
  oauth2DevicePollingInterval: 5,
  accessCodeLifespan: MINUTE,
  accessCodeLifespanUserAction: 5 * MINUTE,
  accessCodeLifespanLogin: 30 * MINUTE,
  actionTokenGeneratedByAdminLifespan: 12 * HOUR,
  actionTokenGeneratedByUserLifespan: 5 * MINUTE,

  internationalizationEnabled: false,
  supportedLocales: [],
  attributes: {},
  smtpServer: {},
};
