/** What users do, by Keycloak's names. Each of them may also end in `_ERROR`. */
export const USER_EVENTS = [
  'LOGIN',
  'REGISTER',
  'LOGOUT',
  'CODE_TO_TOKEN',
  'REFRESH_TOKEN',
  'CLIENT_LOGIN',
  'GRANT_CONSENT',
  'UPDATE_CONSENT',
  'REVOKE_GRANT',
  'OAUTH2_DEVICE_VERIFY_USER_CODE',
  'OAUTH2_DEVICE_CODE_TO_TOKEN',
  'UPDATE_PASSWORD',
  'UPDATE_TOTP',
  'REMOVE_TOTP',
  'UPDATE_CREDENTIAL',
  'REMOVE_CREDENTIAL',
  'UPDATE_PROFILE',
  'UPDATE_EMAIL',
  'VERIFY_EMAIL',
  'VERIFY_PROFILE',
  'SEND_VERIFY_EMAIL',
  'SEND_RESET_PASSWORD',
  'RESET_PASSWORD',
  'RESTART_AUTHENTICATION',
  'CUSTOM_REQUIRED_ACTION',
  'EXECUTE_ACTIONS',
  'EXECUTE_ACTION_TOKEN',
  'DELETE_ACCOUNT',
  'IMPERSONATE',
  'USER_DISABLED_BY_TEMPORARY_LOCKOUT',
  'USER_DISABLED_BY_PERMANENT_LOCKOUT',
] as const;

type Name = (typeof USER_EVENTS)[number];
export type UserEventType = Name | `${Name}_ERROR`;

/** Keycloak's EventRepresentation, without what the CloudEvent around it already says. */
export interface UserEventData {
  clientId?: string;
  userId?: string;
  sessionId?: string;
  ipAddress?: string;
  /** Why, for the types that end in `_ERROR`: `invalid_user_credentials`, `user_not_found`, … */
  error?: string;
  /** Never a password, a code, a secret or a token. */
  details?: Record<string, string>;
}
