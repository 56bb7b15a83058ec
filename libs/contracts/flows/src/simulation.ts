import { Type } from 'class-transformer';
import {
  ArrayMaxSize,
  IsArray,
  IsBoolean,
  IsIn,
  IsObject,
  IsOptional,
  IsString,
  IsUUID,
  MaxLength,
  ValidateNested,
} from 'class-validator';
import type { FlowProblem } from './flow-problem.js';
import { LoginRealm } from './login.js';

/** Somebody who need not exist. What is not said, they have not; they are enabled, and have a password. */
export class DescribedUser {
  @IsOptional() @IsString() @MaxLength(255) username?: string;
  @IsOptional() @IsString() @MaxLength(255) email?: string;
  @IsOptional() @IsBoolean() enabled?: boolean;
  @IsOptional() @IsObject() attributes?: Record<string, string[]>;
  /** Effective roles of the realm, and of clients by the client's name. */
  @IsOptional() @IsArray() @ArrayMaxSize(1000) @IsString({ each: true }) roles?: string[];
  @IsOptional() @IsObject() clientRoles?: Record<string, string[]>;
  /** Types, in order of preference: `password`, `otp`, `recovery-authn-codes`. */
  @IsOptional()
  @IsArray()
  @IsIn(['password', 'otp', 'recovery-authn-codes'], { each: true })
  credentials?: ('password' | 'otp' | 'recovery-authn-codes')[];
  @IsOptional() @IsArray() @ArrayMaxSize(100) @IsString({ each: true }) requiredActions?: string[];
}

/**
 * How would this user get through this flow? Nothing is written, counted or sent.
 * Errors: `not_found` "Flow not found", "User not found".
 */
export class Simulate {
  @ValidateNested() @Type(() => LoginRealm) realm: LoginRealm;
  @IsString() alias: string;
  @IsOptional() @IsUUID() userId?: string;
  @IsOptional() @ValidateNested() @Type(() => DescribedUser) user?: DescribedUser;
  @IsString() @MaxLength(255) clientId: string;
  /** Steps at which a wrong answer is given, by the id of the execution or of what it is; all others are passed. */
  @IsOptional() @IsArray() @ArrayMaxSize(100) @IsString({ each: true }) fails?: string[];
}

/** One decision on the way: of a condition, of a step, or that a part is left out. */
export interface SimulatedDecision {
  execution: string;
  name: string;
  decided: string;
  why?: string;
}

export interface Simulation {
  /** `waits`: a wrong answer was given, and the page is shown again. */
  outcome: { kind: 'signed_in'; amr: string[] } | { kind: 'refused'; error: string } | { kind: 'waits' };
  path: SimulatedDecision[];
  /** What the user is asked at, in order. */
  pages: { execution: string; name: string }[];
  /** Aliases of the required actions that come before the end. */
  requiredActions: string[];
  problems: FlowProblem[];
}
