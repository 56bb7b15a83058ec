import type { Actor } from '@tumbler/contract-rpc';
import type { Client } from '../clients/client-settings.js';

/** In the log, who changes what is kept of an application when it does so by itself. */
export const itself = ({ id, realmId, clientId }: Client, ipAddress: string | undefined): Actor => ({
  ...{ realmId, clientId, userId: id },
  ...(ipAddress === undefined ? {} : { ipAddress }),
});
