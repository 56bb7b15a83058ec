import { IsOptional, IsString, IsUUID, MaxLength } from 'class-validator';

/** What somebody may do in the administration of one realm: the roles of the client that manages it, by Keycloak's names. */
export const ADMIN_RIGHTS = [
  'create-client',
  'impersonation',
  'manage-authorization',
  'manage-clients',
  'manage-events',
  'manage-identity-providers',
  'manage-realm',
  'manage-users',
  'query-clients',
  'query-groups',
  'query-realms',
  'query-users',
  'view-authorization',
  'view-clients',
  'view-events',
  'view-identity-providers',
  'view-realm',
  'view-users',
] as const;
export type AdminRight = (typeof ADMIN_RIGHTS)[number];

/** Who somebody is to the administration. Asked at each of its requests, so that what is taken away is gone at once. */
export class FindAdministrator {
  @IsUUID() realmId: string;
  @IsUUID() userId: string;
  /** The name of the realm that is to be administered; all of them unless told. */
  @IsOptional() @IsString() @MaxLength(255) target?: string;
  /** A user of that realm who is to be changed. */
  @IsOptional() @IsUUID() over?: string;
}

export interface Administrator {
  username: string;
  enabled: boolean;
  /** Seconds since 1970: tokens from before are void. */
  notBefore: number;
  /** Has the role `admin` of master, which allows everything in every realm. */
  everywhere: boolean;
  createsRealms: boolean;
  /** By the name of the realm, with the rights that a right brings along. */
  rights: Record<string, AdminRight[]>;
  /** Whether every right that the user `over` has is had here too: nobody is changed by somebody with less. */
  covers: boolean;
}

/** Error: none; a realm that is not there has none. */
export class FindManagementClients {
  @IsUUID() realmId: string;
}

/** A client that holds the roles of those who administer a realm. */
export interface ManagementClient {
  id: string;
  /** The realm that it is in: the one that it manages, or master. */
  realmId: string;
  name: string;
}
