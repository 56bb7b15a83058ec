export type Operation = 'CREATE' | 'UPDATE' | 'DELETE' | 'ACTION';

/** The nouns that an administrator changes, by Keycloak's names. */
export type ResourceType =
  | 'REALM'
  | 'USER'
  | 'GROUP'
  | 'GROUP_MEMBERSHIP'
  | 'REALM_ROLE'
  | 'REALM_ROLE_MAPPING'
  | 'CLIENT'
  | 'CLIENT_ROLE'
  | 'CLIENT_ROLE_MAPPING'
  | 'CLIENT_SCOPE'
  | 'CLIENT_INITIAL_ACCESS_MODEL'
  | 'AUTH_FLOW'
  | 'AUTH_EXECUTION'
  | 'AUTH_EXECUTION_FLOW'
  | 'AUTHENTICATOR_CONFIG'
  | 'REQUIRED_ACTION'
  | 'REQUIRED_ACTION_CONFIG'
  | 'USER_LOGIN_FAILURE'
  | 'USER_PROFILE'
  | 'COMPONENT'
  | 'USER_SESSION';

/** Keycloak's AdminEventRepresentation, without what the CloudEvent around it already says. */
export interface AdminEventData {
  operationType: Operation;
  resourceType: ResourceType;
  /** Relative to the realm: `users/{id}/reset-password`. */
  resourcePath: string;
  authDetails: { realmId: string; clientId: string; userId: string; ipAddress?: string };
  /** What was sent, where that holds no secret. */
  representation?: unknown;
}
