// Which clients a query is about, as Keycloak reads it.
import { pairsOf } from '@tumbler/contract-users';
import type { Client } from '../../oidc/clients/client-settings.js';

interface ClientQuery {
  clientId?: unknown;
  /** `clientId` is a part of the name, in capitals or not. */
  isPart: boolean;
  /** `name:value "another name":"another value"` of attributes, all of which a client has. */
  q?: unknown;
  first?: unknown;
  /** Less than 0 bounds nothing. */
  max?: unknown;
}

export function foundClients(all: Client[], { clientId, isPart, q, first, max }: ClientQuery): Client[] {
  const pairs = typeof q === 'string' ? pairsOf(q) : [];
  const found = all.filter(
    (client) =>
      isNamed(client, clientId, isPart) && pairs.every(([name, value]) => client.attributes[name] === value),
  );
  const from = Math.max(Number(first) || 0, 0);
  const most = max === undefined ? -1 : Number(max) || 0;
  return found.slice(from, most < 0 ? undefined : from + most);
}

function isNamed(client: Client, name: unknown, isPart: boolean): boolean {
  if (typeof name !== 'string' || name.trim() === '') return true;
  return isPart ? client.clientId.toLowerCase().includes(name.toLowerCase()) : client.clientId === name;
}
