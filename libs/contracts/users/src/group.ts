import { Type } from 'class-transformer';
import {
  IsBoolean,
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

export interface GroupView {
  id: string;
  name: string;
  description?: string;
  /** The names from the top down: `/staff/night shift`. */
  path: string;
  parentId?: string;
  subGroupCount: number;
  attributes: Record<string, string[]>;
  /** Filled only on the way to what was searched for. */
  subGroups: GroupView[];
}

export class GroupFields {
  @IsOptional() @IsString() @MaxLength(255) name?: string;
  @IsOptional() @IsString() @MaxLength(1024) description?: string;
  /** Replace what is there. */
  @IsOptional() @IsObject() attributes?: Record<string, string[]>;
}

/** Without a search the groups below `parentId`, or the top ones; with one, groups at any depth. By name. */
export class CountGroups {
  @IsUUID() realmId: string;
  /** Any part of the name, in upper or lower case. */
  @IsOptional() @IsString() @MaxLength(255) search?: string;
  @IsOptional() @IsBoolean() exact?: boolean;
  /** `key:value key2:value2` over attributes. */
  @IsOptional() @IsString() @MaxLength(2048) q?: string;
  @IsOptional() @IsUUID() parentId?: string;
  /** Only those without a parent. */
  @IsOptional() @IsBoolean() top?: boolean;
}

export class SearchGroups extends CountGroups {
  @IsOptional() @IsInt() @Min(0) first?: number;
  /** All unless told. */
  @IsOptional() @IsInt() @Min(0) @Max(10_000) max?: number;
  /** Answers the top groups, with what was found inside. */
  @IsOptional() @IsBoolean() hierarchy?: boolean;
}

export class FindGroup {
  @IsUUID() realmId: string;
  @IsOptional() @IsUUID() groupId?: string;
  @IsOptional() @IsString() @MaxLength(4096) path?: string;
}

/** Errors: `conflict` where a sibling has the name, `not_found` for the parent, `invalid_request`. */
export class CreateGroup {
  @ValidateNested() @Type(() => Actor) by: Actor;
  @IsUUID() realmId: string;
  @IsOptional() @IsUUID() groupId?: string;
  @IsOptional() @IsUUID() parentId?: string;
  @ValidateNested() @Type(() => GroupFields) fields: GroupFields;
}

export class UpdateGroup {
  @ValidateNested() @Type(() => Actor) by: Actor;
  @IsUUID() realmId: string;
  @IsUUID() groupId: string;
  @ValidateNested() @Type(() => GroupFields) fields: GroupFields;
}

/** Hangs a group below another one, or at the top. Error: `invalid_request` for a place inside itself. */
export class MoveGroup {
  @ValidateNested() @Type(() => Actor) by: Actor;
  @IsUUID() realmId: string;
  @IsUUID() groupId: string;
  @IsOptional() @IsUUID() parentId?: string;
}

/** With the groups below it. */
export class RemoveGroup {
  @ValidateNested() @Type(() => Actor) by: Actor;
  @IsUUID() realmId: string;
  @IsUUID() groupId: string;
}

export class GroupMembers {
  @IsUUID() realmId: string;
  @IsUUID() groupId: string;
  @IsOptional() @IsInt() @Min(0) first?: number;
  /** 100 unless told. */
  @IsOptional() @IsInt() @Min(0) @Max(10_000) max?: number;
}

export class GroupsOfUser {
  @IsUUID() realmId: string;
  @IsUUID() userId: string;
  @IsOptional() @IsString() @MaxLength(255) search?: string;
  @IsOptional() @IsInt() @Min(0) first?: number;
  /** All unless told. */
  @IsOptional() @IsInt() @Min(0) @Max(10_000) max?: number;
}

/** Puts a user in a group, or takes them out. Safe to repeat. Error: `not_found`. */
export class ChangeMembership {
  @ValidateNested() @Type(() => Actor) by: Actor;
  @IsUUID() realmId: string;
  @IsUUID() userId: string;
  @IsUUID() groupId: string;
  @IsBoolean() member: boolean;
}

export class DefaultGroups {
  @IsUUID() realmId: string;
}

/** Users who are created from now on are in it, or no longer. */
export class SetDefaultGroup {
  @ValidateNested() @Type(() => Actor) by: Actor;
  @IsUUID() realmId: string;
  @IsUUID() groupId: string;
  @IsBoolean() isDefault: boolean;
}
