import { Type } from 'class-transformer';
import { IsObject, IsUUID, ValidateNested } from 'class-validator';
import { Actor } from '@tumbler/contract-rpc';

/**
 * What may be done with attributes that the profile does not name. DISABLED: nothing, they are dropped. ADMIN_VIEW and
 * ADMIN_EDIT: administrators see, or also write, them. ENABLED: everybody does.
 */
export const UNMANAGED_POLICIES = ['DISABLED', 'ENABLED', 'ADMIN_VIEW', 'ADMIN_EDIT'] as const;
export type UnmanagedPolicy = (typeof UNMANAGED_POLICIES)[number];

/** By the names of Keycloak's UserProfileAttribute. */
export interface ProfileAttribute {
  name: string;
  displayName?: string;
  /** By the name of the rule: `length: { min: 3, max: 255 }`. */
  validations?: Record<string, Record<string, unknown>>;
  annotations?: Record<string, unknown>;
  /** For these roles (`admin`, `user`); for all where none is named. Absent: for nobody. */
  required?: { roles?: string[]; scopes?: string[] };
  permissions?: { view?: string[]; edit?: string[] };
  selector?: { scopes?: string[] };
  group?: string;
  multivalued?: boolean;
  defaultValue?: string;
}

export interface ProfileGroup {
  name: string;
  displayHeader?: string;
  displayDescription?: string;
  annotations?: Record<string, unknown>;
}

/** What a realm wants to know of its users. */
export interface UserProfile {
  attributes: ProfileAttribute[];
  groups?: ProfileGroup[];
  unmanagedAttributePolicy?: UnmanagedPolicy;
}

export class FindProfile {
  @IsUUID() realmId: string;
}

/** Replaces the profile. Error: `invalid_request` for a rule that is not known, or an attribute that cannot be. */
export class SetProfile {
  @ValidateNested() @Type(() => Actor) by: Actor;
  @IsUUID() realmId: string;
  @IsObject() profile: UserProfile;
}
