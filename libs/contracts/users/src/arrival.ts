import { Type } from 'class-transformer';
import {
  ArrayMaxSize,
  IsArray,
  IsInt,
  IsObject,
  IsOptional,
  IsString,
  IsUUID,
  Matches,
  Max,
  Min,
  ValidateNested,
} from 'class-validator';
import { Actor, type Finding } from '@tumbler/contract-rpc';
import { REALM_NAME, REALM_NAME_RULE, RealmSettings, type Realm } from './realm.js';
import type { RequiredAction } from './required-action.js';
import { ClientRef } from './role.js';
import type { UserProfile } from './user-profile.js';

/** Where in the file it stands, so that what is wrong with it can be told: `roles.realm[2]`. */
interface Placed {
  place: string;
  id: string;
}

export interface ArrivingRole extends Placed {
  name: string;
  /** Absent for a role of the realm. */
  clientId?: string;
  description?: string;
  attributes?: Record<string, string[]>;
  /** Ids of the roles that it brings along. */
  parts?: string[];
  /** The role whose parts every new user gets, of a new realm. */
  ofNewUsers?: boolean;
}

export interface ArrivingGroup extends Placed {
  name: string;
  parentId?: string;
  description?: string;
  attributes?: Record<string, string[]>;
  /** Ids of the roles that its members have. */
  roles?: string[];
  ofNewUsers?: boolean;
}

export interface ArrivingUser extends Placed {
  username: string;
  email?: string;
  emailVerified?: boolean;
  firstName?: string;
  lastName?: string;
  enabled?: boolean;
  /** As they are: the profile of the realm is not asked. */
  attributes?: Record<string, string[]>;
  /** Milliseconds since 1970; now, unless told. */
  createdTimestamp?: number;
  /** Seconds since 1970. */
  notBefore?: number;
  /** Aliases. Absent, as of the next two: what every new user of the realm gets. */
  requiredActions?: string[];
  /** Ids. */
  roles?: string[];
  /** Ids. */
  groups?: string[];
}

/** As much of what arrives as one message carries. */
export class ArrivalPart {
  @IsOptional() @IsArray() @ArrayMaxSize(5_000) roles?: ArrivingRole[];
  @IsOptional() @IsArray() @ArrayMaxSize(5_000) groups?: ArrivingGroup[];
  @IsOptional() @IsArray() @ArrayMaxSize(5_000) users?: ArrivingUser[];
  /** Clients whose roles are among those that arrive. */
  @IsOptional() @IsArray() @ValidateNested({ each: true }) @Type(() => ClientRef) clients?: ClientRef[];
  /** Ids of what makes room, and goes with everything that hangs on it. */
  @IsOptional() @IsArray() @ArrayMaxSize(20_000) @IsUUID('all', { each: true }) removed?: string[];
}

/** Which of these names and ids are taken: names in one realm, ids anywhere. */
export class FindTaken {
  /** Absent for a realm that is not there yet. */
  @IsOptional() @IsUUID() realmId?: string;
  @IsOptional() @IsArray() @ArrayMaxSize(5_000) @IsString({ each: true }) usernames?: string[];
  @IsOptional() @IsArray() @ArrayMaxSize(5_000) @IsString({ each: true }) emails?: string[];
  @IsOptional() @IsArray() @ArrayMaxSize(20_000) @IsUUID('all', { each: true }) ids?: string[];
}

export interface Taken {
  users: { id: string; username: string; email?: string }[];
  /** Those of realms, users, roles and groups. */
  ids: string[];
}

/** Lays a part down beside the realms, where nobody sees it. Error: `invalid_request` for what `examineArrival` finds wrong. */
export class StageArrival {
  @IsUUID() arrivalId: string;
  @IsInt() @Min(0) @Max(100_000) nth: number;
  @ValidateNested() @Type(() => ArrivalPart) part: ArrivalPart;
}

/** A realm that arrives with everything in it. */
export class ArrivingRealm {
  @Matches(REALM_NAME, REALM_NAME_RULE) name: string;
  @ValidateNested() @Type(() => RealmSettings) settings: RealmSettings;
  /** In place of those of the same provider that every realm has. */
  @IsOptional() @IsArray() @ArrayMaxSize(200) actions?: RequiredAction[];
  @IsOptional() @IsObject() profile?: UserProfile;
}

/** What of it could not be kept as it is. Nothing is written. */
export class ExamineArrival {
  @ValidateNested() @Type(() => ArrivalPart) part: ArrivalPart;
  @IsOptional() @ValidateNested() @Type(() => ArrivingRealm) realm?: ArrivingRealm;
}

/**
 * Makes everything that was laid down under the id, or none of it. Errors: `conflict` for a name or an id that is taken or
 * parts that are not all there, `realm_not_found`.
 */
export class Arrive {
  @ValidateNested() @Type(() => Actor) by: Actor;
  @IsUUID() arrivalId: string;
  /** How many parts were laid down. */
  @IsInt() @Min(1) parts: number;
  @IsUUID() realmId: string;
  /** Absent where the realm is there already. */
  @IsOptional() @ValidateNested() @Type(() => ArrivingRealm) realm?: ArrivingRealm;
}

export interface Arrived {
  /** Of a new realm. */
  realm?: Realm;
}

/** Takes away what was laid down. Waits for an `arrive` that is under way. */
export class AbandonArrival {
  @IsUUID() arrivalId: string;
}

export interface Abandoned {
  /** False: nothing was there any more, so it has arrived. */
  abandoned: boolean;
}

export interface Examined {
  findings: Finding[];
}
