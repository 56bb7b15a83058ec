import { Type } from 'class-transformer';
import {
  ArrayMaxSize,
  IsArray,
  IsBoolean,
  IsIn,
  IsInt,
  IsObject,
  IsOptional,
  IsString,
  IsUUID,
  MaxLength,
  Min,
  ValidateNested,
} from 'class-validator';
import type { FlowProblem } from './flow-problem.js';
import { LoginRealm, Wanted, type FinishedLogin } from './login.js';

/**
 * Somebody who need not exist. What is not said, they have not; they are enabled, have a password, and may manage their
 * account.
 */
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

/** The session that somebody is signed in by. Seconds, all of them. */
export class DescribedSession {
  /** For how long they have been: since they last proved who they are. */
  @IsOptional() @IsInt() @Min(0) age?: number;
  /** By level of authentication, how long ago it was reached. */
  @IsOptional() @IsObject() levels?: Record<string, number>;
  @IsOptional() @IsArray() @ArrayMaxSize(20) @IsString({ each: true }) amr?: string[];
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
  /** Steps that the user goes on with by "Try another way", named like those. */
  @IsOptional() @IsArray() @ArrayMaxSize(100) @IsString({ each: true }) chooses?: string[];
  @IsOptional() @ValidateNested() @Type(() => DescribedSession) session?: DescribedSession;
  @IsOptional() @ValidateNested() @Type(() => Wanted) wanted?: Wanted;
  /** What the application asks its user to do besides: `NAME` or `NAME:PARAMETER`. */
  @IsOptional() @IsString() @MaxLength(255) kcAction?: string;
}

/** One decision on the way: of a condition, of a step, or that a part is left out. */
export interface SimulatedDecision {
  execution: string;
  name: string;
  decided: string;
  why?: string;
}

export interface Simulation {
  /**
   * `waits`: a wrong answer was given, and the page is shown again. `done`: what was to be done is done, and nobody is signed
   * in by it. `action`: what the application hears of what it asked for.
   */
  outcome:
    | { kind: 'signed_in'; amr: string[]; level: number; action?: FinishedLogin['action'] }
    | { kind: 'done' }
    | { kind: 'refused'; error: string }
    | { kind: 'waits' };
  path: SimulatedDecision[];
  /** What the user is asked at, in order; with the other ways on, where there are any. */
  pages: { execution: string; name: string; ways?: string[] }[];
  /** Aliases of the required actions that come before the end. */
  requiredActions: string[];
  problems: FlowProblem[];
}
