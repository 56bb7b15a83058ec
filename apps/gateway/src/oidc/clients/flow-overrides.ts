import type { FlowOverrides } from '@tumbler/contract-flows';
import type { Client } from './client-settings.js';

/** The flows that a client has in place of the realm's, by Keycloak's names of their uses. */
export function flowOverrides(client: Client | undefined): { overrides?: FlowOverrides } {
  const { browser, direct_grant: directGrant } = client?.authenticationFlowBindingOverrides ?? {};
  if (!browser && !directGrant) return {};
  return { overrides: { ...(browser ? { browser } : {}), ...(directGrant ? { directGrant } : {}) } };
}
