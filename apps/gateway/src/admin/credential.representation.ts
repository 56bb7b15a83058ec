import type { CredentialView } from '@tumbler/contract-credentials';

/** Keycloak's CredentialRepresentation, as it goes out: what is secret about a credential has no field here. */
export const credentialRepresentation = (view: CredentialView) => ({
  id: view.id,
  type: view.type,
  userLabel: view.label,
  createdDate: view.createdDate,
  credentialData: view.credentialData,
  priority: view.priority,
});

/** Keycloak's own fields of it that say nothing about a credential here. */
export const CREDENTIAL_FIELDS_PASSED_OVER = [
  'federationLink',
  'device',
  'hashedSaltedValue',
  'salt',
  'hashIterations',
  'counter',
  'algorithm',
  'digits',
  'period',
  'config',
] as const;
