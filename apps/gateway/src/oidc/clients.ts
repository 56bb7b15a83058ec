/** An application that every realm has from the start, by Keycloak's names. */
export interface BuiltInClient {
  clientId: string;
  /** May ask for tokens with a name and a password (RFC 6749 §4.3). */
  directGrants: boolean;
  /** Its tokens open the admin API: a token that some other application was given for its users does not. */
  administers: boolean;
}

const CLIENTS: BuiltInClient[] = [
  { clientId: 'admin-cli', directGrants: true, administers: true },
  { clientId: 'security-admin-console', directGrants: false, administers: true },
  { clientId: 'account', directGrants: false, administers: false },
];

export const clientById = (clientId: string): BuiltInClient | undefined =>
  CLIENTS.find((client) => client.clientId === clientId);
