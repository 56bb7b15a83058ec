/** What is in the realm already, as far as a file speaks of it. */
export interface There {
  /** Of the realm, by name. */
  roles: Map<string, ThereRole>;
  /** By the name of the client, then by their own. */
  clientRoles: Map<string, Map<string, ThereRole>>;
  /** By path. */
  groups: Map<string, string>;
  /** By canonical username, and by canonical address. */
  usernames: Map<string, string>;
  emails: Map<string, string>;
  /** By name. */
  clients: Map<string, ThereClient>;
}

export interface ThereRole {
  id: string;
  /** What the realm itself needs: it stays. */
  kept: boolean;
}

export interface ThereClient {
  id: string;
  serviceAccountId?: string;
}

export const nothingThere = (): There => ({
  roles: new Map(),
  clientRoles: new Map(),
  groups: new Map(),
  usernames: new Map(),
  emails: new Map(),
  clients: new Map(),
});
