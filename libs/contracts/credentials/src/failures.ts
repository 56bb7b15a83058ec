import { Type } from 'class-transformer';
import { IsOptional, IsUUID, ValidateNested } from 'class-validator';
import { Actor } from '@tumbler/contract-rpc';

/** Keycloak's attack-detection status (keycloak.md §5.3). */
export interface FailureStatus {
  /** Locked now, in the password or the second factor. */
  disabled: boolean;
  numFailures: number;
  numSecondaryAuthFailures: number;
  numTemporaryLockouts: number;
  /** Milliseconds since 1970; 0 for none. */
  lastFailure: number;
  lastIPFailure: string;
}

export class GetFailures {
  @IsUUID() realmId: string;
  @IsUUID() userId: string;
}

/** Of one user, or of the whole realm. */
export class ClearFailures {
  @ValidateNested() @Type(() => Actor) by: Actor;
  @IsUUID() realmId: string;
  @IsOptional() @IsUUID() userId?: string;
}
