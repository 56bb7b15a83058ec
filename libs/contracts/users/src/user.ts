import { Type } from 'class-transformer';
import {
  IsArray,
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

/** A user as an administrator sees one. What the user can prove with lies in credentials. */
export interface UserView {
  id: string;
  username: string;
  email?: string;
  emailVerified: boolean;
  firstName?: string;
  lastName?: string;
  enabled: boolean;
  /** Milliseconds since 1970. */
  createdTimestamp: number;
  /** Those that the profile of the realm shows to administrators. */
  attributes: Record<string, string[]>;
  /** Of these, the ones that the profile does not name; absent when there are none. */
  unmanagedAttributes?: Record<string, string[]>;
  requiredActions: string[];
  notBefore: number;
}

/** The fields of a user that somebody may write. Absent keeps what is there. */
export class UserFields {
  @IsOptional() @IsString() @MaxLength(255) username?: string;
  @IsOptional() @IsString() @MaxLength(255) email?: string;
  @IsOptional() @IsBoolean() emailVerified?: boolean;
  @IsOptional() @IsString() @MaxLength(255) firstName?: string;
  @IsOptional() @IsString() @MaxLength(255) lastName?: string;
  @IsOptional() @IsBoolean() enabled?: boolean;
  @IsOptional() @IsObject() attributes?: Record<string, string[]>;
  /** Known aliases replace what the user has; unknown ones are passed over. */
  @IsOptional() @IsArray() @IsString({ each: true }) requiredActions?: string[];
  /** Seconds since 1970: tokens and sessions from before are void. Moves forward only. */
  @IsOptional() @IsInt() @Min(0) @Max(253_402_300_799) notBefore?: number;
}

/**
 * Makes a user, by an administrator (`by` set) or by registration. The realm's default actions are added to what is asked.
 * Errors: `conflict` where the username or the e-mail address is taken, `invalid_request` with the field.
 */
export class CreateUser {
  @IsOptional() @ValidateNested() @Type(() => Actor) by?: Actor;
  @IsUUID() realmId: string;
  /** Chosen by the caller, so that the credentials can be there before the user is. */
  @IsOptional() @IsUUID() userId?: string;
  @ValidateNested() @Type(() => UserFields) fields: UserFields;
  /** Ids of groups that the user is in from the start, besides the default ones. */
  @IsOptional() @IsArray() @IsUUID('all', { each: true }) groups?: string[];
}

export interface CreatedUser {
  id: string;
}

/**
 * Errors: `conflict` where the username or the e-mail address is taken, `invalid_request` with each field that is wrong by
 * the profile of the realm.
 */
export class UpdateUser {
  /** Absent when users change their own profile. */
  @IsOptional() @ValidateNested() @Type(() => Actor) by?: Actor;
  /** Attributes that are not sent stay as they are. */
  @IsOptional() @IsBoolean() keepsAttributes?: boolean;
  @IsUUID() realmId: string;
  @IsUUID() userId: string;
  @ValidateNested() @Type(() => UserFields) fields: UserFields;
}

export class RemoveUser {
  /** Absent when users delete their own account. */
  @IsOptional() @ValidateNested() @Type(() => Actor) by?: Actor;
  @IsUUID() realmId: string;
  @IsUUID() userId: string;
}

export class ViewUser {
  @IsUUID() realmId: string;
  @IsUUID() userId: string;
}

/** Case-insensitive. `search` is a prefix with `*` as wildcard, or `"exact"`; the named fields match inside unless `exact`. */
export class CountUsers {
  @IsUUID() realmId: string;
  @IsOptional() @IsString() @MaxLength(255) search?: string;
  @IsOptional() @IsString() @MaxLength(255) username?: string;
  @IsOptional() @IsString() @MaxLength(255) email?: string;
  @IsOptional() @IsString() @MaxLength(255) firstName?: string;
  @IsOptional() @IsString() @MaxLength(255) lastName?: string;
  @IsOptional() @IsBoolean() emailVerified?: boolean;
  @IsOptional() @IsBoolean() enabled?: boolean;
  @IsOptional() @IsBoolean() exact?: boolean;
  /** `key:value key2:value2` over attributes. */
  @IsOptional() @IsString() @MaxLength(2048) q?: string;
}

export class SearchUsers extends CountUsers {
  @IsOptional() @IsInt() @Min(0) first?: number;
  /** 100 unless told. */
  @IsOptional() @IsInt() @Min(0) @Max(10_000) max?: number;
}
