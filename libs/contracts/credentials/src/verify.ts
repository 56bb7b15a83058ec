import { IsIn, IsOptional, IsString, IsUUID, MaxLength } from 'class-validator';
import { CREDENTIAL_TYPES, type CredentialSummary, type CredentialType } from './credential.js';

/** Is this the user's password, or a code of theirs? */
export class Verify {
  @IsUUID() realmId: string;

  /** Absent for a name that nobody has: the answer takes as long and costs as much. */
  @IsOptional() @IsUUID() userId?: string;

  @IsIn(CREDENTIAL_TYPES) type: CredentialType;

  @IsString() @MaxLength(4096) input: string;

  /** Which of several; the default one when absent. */
  @IsOptional() @IsUUID() credentialId?: string;

  /**
   * Names this attempt. A reply may be lost on its way: the same attempt asked again gets the same verdict, while any
   * other attempt with the code is refused.
   */
  @IsString() @MaxLength(128) attempt: string;

  /** For the record of failures. */
  @IsOptional() @IsString() @MaxLength(64) address?: string;
}

/**
 * `wrong` and `none` (no such credential) and `used` (the code was right and is spent) must look alike to the user;
 * `locked`: no attempt is left in the budget, and nothing was compared.
 */
export type Verdict = 'ok' | 'wrong' | 'used' | 'none' | 'locked';

export interface Verified {
  verdict: Verdict;
  /** The credential that was meant. */
  credentialId?: string;
  /** What the user has, in order of preference: it decides the next step. Empty unless the verdict is `ok` or the user is known to the login already. */
  has: CredentialSummary[];
  /** Milliseconds since 1970; when the budget opens again. */
  lockedUntil?: number;
  /** The account is to be disabled until an administrator acts. */
  lockedForGood?: boolean;
}
