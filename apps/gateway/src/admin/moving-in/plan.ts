import { randomUUID } from 'node:crypto';
import type { ArrivingOwner } from '@tumbler/contract-credentials';
import type { ArrivingGroup, ArrivingRole, ArrivingUser, ClientRef } from '@tumbler/contract-users';
import { isUUID } from 'class-validator';
import type { ClientBody } from '../clients/client.representation.js';

export type Action = 'ADDED' | 'SKIPPED' | 'OVERWRITTEN';
export type ImportedType = 'REALM' | 'AUTH_FLOW' | 'CLIENT' | 'REALM_ROLE' | 'CLIENT_ROLE' | 'GROUP' | 'USER';

/** Keycloak's PartialImportResult. */
export interface ImportResult {
  action: Action;
  resourceType: ImportedType;
  resourceName: string;
  id: string;
}

export interface PlannedClient {
  id: string;
  clientId: string;
  body: ClientBody;
  /** By their use, ids of flows as the file has them, or aliases. */
  flows: Record<string, string>;
  place: string;
  serviceAccountId?: string;
}

/** Everything that an import will do, held together and with an id for each thing: nothing of it is done yet. */
export interface Plan {
  clients: PlannedClient[];
  clientRefs: ClientRef[];
  roles: ArrivingRole[];
  groups: ArrivingGroup[];
  users: ArrivingUser[];
  owners: ArrivingOwner[];
  /** Ids of what makes room. */
  removed: string[];
  removedClients: string[];
  results: ImportResult[];
}

/** Gives out ids: the one in the file, if it is one and nobody has it. */
export class Ids {
  private readonly given = new Set<string>();
  /** How many things could not keep theirs. */
  renewed = 0;

  constructor(private readonly taken: ReadonlySet<string>) {}

  give(wanted: string | undefined): string {
    const own = wanted?.toLowerCase();
    const free = own !== undefined && isUUID(own) && !this.taken.has(own) && !this.given.has(own);
    if (own !== undefined && !free) this.renewed++;
    const id = free ? own : randomUUID();
    this.given.add(id);
    return id;
  }
}
