import { Type } from 'class-transformer';
import {
  IsArray,
  IsBoolean,
  IsIn,
  IsInt,
  IsOptional,
  IsString,
  IsUUID,
  Max,
  MaxLength,
  Min,
  ValidateNested,
} from 'class-validator';
import { Actor } from '@tumbler/contract-rpc';
import type { SimulatedDecision } from './simulation.js';

/** Keycloak's EventRepresentation. */
export interface EventView {
  id: string;
  /** Milliseconds since 1970. */
  time: number;
  type: string;
  realmId: string;
  clientId?: string;
  userId?: string;
  sessionId?: string;
  ipAddress?: string;
  error?: string;
  details?: Record<string, string>;
}

/** Keycloak's AdminEventRepresentation. */
export interface AdminEventView {
  id: string;
  time: number;
  realmId: string;
  authDetails: { realmId: string; clientId: string; userId: string; ipAddress?: string };
  operationType: string;
  resourceType: string;
  resourcePath: string;
  representation?: string;
  error?: string;
}

class Page {
  /** Milliseconds since 1970, inclusive. */
  @IsOptional() @IsInt() dateFrom?: number;
  @IsOptional() @IsInt() dateTo?: number;
  @IsOptional() @IsInt() @Min(0) first?: number;
  /** 100 unless told. */
  @IsOptional() @IsInt() @Min(0) @Max(10_000) max?: number;
  /** Newest first unless told. */
  @IsOptional() @IsIn(['asc', 'desc']) direction?: 'asc' | 'desc';
}

export class FindEvents extends Page {
  @IsUUID() realmId: string;
  @IsOptional() @IsArray() @IsString({ each: true }) types?: string[];
  @IsOptional() @IsString() client?: string;
  @IsOptional() @IsString() user?: string;
  @IsOptional() @IsString() ipAddress?: string;
}

/** Errors: `not_found` for an event that is not kept, and for one that belongs to no login. */
export class ExplainEvent {
  @IsUUID() realmId: string;
  @IsString() @MaxLength(64) id: string;
}

/** How the login went that an event belongs to, up to that event. */
export interface Explanation {
  event: EventView;
  /** Whether a one-time code was asked for, at a page or of what a token request brought; and what decided it. */
  code: { asked: boolean; because: string[] };
  /** As a simulation tells it. */
  path: SimulatedDecision[];
}

export class FindAdminEvents extends Page {
  @IsUUID() realmId: string;
  @IsOptional() @IsArray() @IsString({ each: true }) operationTypes?: string[];
  @IsOptional() @IsArray() @IsString({ each: true }) resourceTypes?: string[];
  /** `*` stands for any part of it. */
  @IsOptional() @IsString() resourcePath?: string;
  @IsOptional() @IsString() authRealm?: string;
  @IsOptional() @IsString() authClient?: string;
  @IsOptional() @IsString() authUser?: string;
  @IsOptional() @IsString() authIpAddress?: string;
}

export class ClearEvents {
  @ValidateNested() @Type(() => Actor) by: Actor;
  @IsUUID() realmId: string;
  @IsIn(['user', 'admin']) which: 'user' | 'admin';
}

/** What of the events a realm keeps for reading; the stream carries all of them whatever this says. */
export class AuditConfig {
  @IsOptional() @IsBoolean() eventsEnabled?: boolean;
  /** Seconds; 0 keeps them. */
  @IsOptional() @IsInt() @Min(0) eventsExpiration?: number;
  @IsOptional() @IsArray() @IsString({ each: true }) eventsListeners?: string[];
  /** Empty: all of them. */
  @IsOptional() @IsArray() @IsString({ each: true }) enabledEventTypes?: string[];
  @IsOptional() @IsBoolean() adminEventsEnabled?: boolean;
  @IsOptional() @IsBoolean() adminEventsDetailsEnabled?: boolean;
}

export class GetAuditConfig {
  @IsUUID() realmId: string;
}

export class SetAuditConfig {
  @ValidateNested() @Type(() => Actor) by: Actor;
  @IsUUID() realmId: string;
  @ValidateNested() @Type(() => AuditConfig) settings: AuditConfig;
}
