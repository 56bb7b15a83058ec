import { IsUUID } from 'class-validator';

/** The client that a realm's account page is, by the name that OpenID Connect knows it by. */
export const ACCOUNT_CLIENT = 'account';

/**
 * What users may see and change about themselves, by Keycloak's names. `parts` are the roles that one brings along;
 * `everyones` are parts of the role that every user of the realm gets.
 */
export const ACCOUNT_ROLES = [
  { name: 'view-profile', parts: [], everyones: true },
  { name: 'manage-account', parts: ['manage-account-links'], everyones: true },
  { name: 'manage-account-links', parts: [], everyones: false },
  { name: 'view-applications', parts: [], everyones: false },
  { name: 'view-consent', parts: [], everyones: false },
  { name: 'manage-consent', parts: ['view-consent'], everyones: false },
  { name: 'delete-account', parts: [], everyones: false },
  { name: 'view-groups', parts: [], everyones: false },
] as const;
export type AccountRole = (typeof ACCOUNT_ROLES)[number]['name'];

/**
 * Gives the client `account` of a realm the roles that it has not, once: what an administrator takes away later stays away.
 * Error: none; nothing is given to a client of another realm.
 */
export class GiveAccountRoles {
  @IsUUID() realmId: string;
  @IsUUID() clientId: string;
}

export interface GivenAccountRoles {
  /** Names of those that were not there before. */
  given: AccountRole[];
}
