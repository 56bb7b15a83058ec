import { Type } from 'class-transformer';
import {
  ArrayMaxSize,
  IsArray,
  IsInt,
  IsObject,
  IsOptional,
  IsString,
  IsUUID,
  Max,
  MaxLength,
  Min,
  ValidateNested,
} from 'class-validator';
import { Actor } from '@tumbler/contract-rpc';

/** A client that has roles. Clients live in the gateway; here they have their id and the name that roles are told with. */
export class ClientRef {
  @IsUUID() id: string;
  /** What applications call themselves: `clientId` in OpenID Connect. */
  @IsString() @MaxLength(255) name: string;
}

export interface RoleView {
  id: string;
  name: string;
  description?: string;
  /** True where it brings other roles along. */
  composite: boolean;
  /** Absent for a role of the realm. */
  client?: { id: string; name: string };
  attributes: Record<string, string[]>;
}

export class RoleFields {
  @IsOptional() @IsString() @MaxLength(255) name?: string;
  @IsOptional() @IsString() @MaxLength(1024) description?: string;
  /** Replace what is there. */
  @IsOptional() @IsObject() attributes?: Record<string, string[]>;
}

/** Roles of the realm, or of one client, by name. */
export class ListRoles {
  @IsUUID() realmId: string;
  @IsOptional() @IsUUID() clientId?: string;
  /** Any part of the name, in upper or lower case. */
  @IsOptional() @IsString() @MaxLength(255) search?: string;
  @IsOptional() @IsInt() @Min(0) first?: number;
  /** All unless told. */
  @IsOptional() @IsInt() @Min(0) @Max(10_000) max?: number;
}

/** By its id, or by its name among those of the realm or of a client. */
export class FindRole {
  @IsUUID() realmId: string;
  @IsOptional() @IsUUID() roleId?: string;
  @IsOptional() @IsString() @MaxLength(255) name?: string;
  @IsOptional() @IsUUID() clientId?: string;
}

/** The role whose parts every new user gets. Error: `realm_not_found`. */
export class FindDefaultRole {
  @IsUUID() realmId: string;
}

/** Errors: `conflict` where the name is taken, `not_found` for a part that is not there, `invalid_request`. */
export class CreateRole {
  @ValidateNested() @Type(() => Actor) by: Actor;
  @IsUUID() realmId: string;
  @IsOptional() @IsUUID() roleId?: string;
  @IsOptional() @ValidateNested() @Type(() => ClientRef) client?: ClientRef;
  @ValidateNested() @Type(() => RoleFields) fields: RoleFields;
  /** Ids of the roles that it brings along. */
  @IsOptional() @IsArray() @ArrayMaxSize(1_000) @IsUUID('all', { each: true }) parts?: string[];
}

export class UpdateRole {
  @ValidateNested() @Type(() => Actor) by: Actor;
  @IsUUID() realmId: string;
  @IsUUID() roleId: string;
  @ValidateNested() @Type(() => RoleFields) fields: RoleFields;
}

export class RemoveRole {
  @ValidateNested() @Type(() => Actor) by: Actor;
  @IsUUID() realmId: string;
  @IsUUID() roleId: string;
}

/** The roles that a role brings along itself; those that these bring along in turn are theirs. */
export class RoleParts {
  @IsUUID() realmId: string;
  @IsUUID() roleId: string;
  /** `realm`, or the id of a client; all unless told. */
  @IsOptional() @IsString() container?: string;
  @IsOptional() @IsString() @MaxLength(255) search?: string;
  @IsOptional() @IsInt() @Min(0) first?: number;
  @IsOptional() @IsInt() @Min(0) @Max(10_000) max?: number;
}

/** Roles by their ids, with all that they bring along, at whatever depth; ids of nothing are passed over. */
export class UnfoldRoles {
  @IsUUID() realmId: string;
  @IsArray() @ArrayMaxSize(1_000) @IsUUID('all', { each: true }) roles: string[];
}

/** Safe to repeat. Error: `not_found` for any role that is not there; then nothing changes. */
export class ChangeRoleParts {
  @ValidateNested() @Type(() => Actor) by: Actor;
  @IsUUID() realmId: string;
  @IsUUID() roleId: string;
  @IsArray() @ArrayMaxSize(1_000) @IsUUID('all', { each: true }) parts: string[];
}

/** Who was given the role itself. */
export class RoleHolders {
  @IsUUID() realmId: string;
  @IsUUID() roleId: string;
  @IsOptional() @IsInt() @Min(0) first?: number;
  /** 100 unless told. */
  @IsOptional() @IsInt() @Min(0) @Max(10_000) max?: number;
}
