import { Type } from 'class-transformer';
import {
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

export interface OtpPolicy {
  type: 'totp' | 'hotp';
  algorithm: 'HmacSHA1' | 'HmacSHA256' | 'HmacSHA512';
  digits: 6 | 8;
  /** Time steps before and after now (TOTP), or counters ahead (HOTP), that are looked at. */
  lookAroundWindow: number;
  /** Seconds of a time step. */
  period: number;
  initialCounter: number;
}

/** By the names of Keycloak's RealmRepresentation; absent keeps the value (keycloak.md §4.1, §4.7). */
export class PolicySettings {
  @IsOptional() @IsIn(['totp', 'hotp']) otpPolicyType?: 'totp' | 'hotp';
  @IsOptional() @IsIn(['HmacSHA1', 'HmacSHA256', 'HmacSHA512']) otpPolicyAlgorithm?: OtpPolicy['algorithm'];
  @IsOptional() @IsIn([6, 8]) otpPolicyDigits?: 6 | 8;
  @IsOptional() @IsInt() @Min(0) @Max(10) otpPolicyLookAheadWindow?: number;
  @IsOptional() @IsInt() @Min(5) @Max(3600) otpPolicyPeriod?: number;
  @IsOptional() @IsInt() @Min(0) otpPolicyInitialCounter?: number;
  /** RFC 6238 §5.2 forbids what `true` would allow: it is refused. */
  @IsOptional()
  @IsIn([false], {
    message: 'otpPolicyCodeReusable: a code is accepted once (RFC 6238 §5.2); only false is possible',
  })
  otpPolicyCodeReusable?: false;

  /** Keycloak's notation: `length(12) and notUsername(undefined)`. */
  @IsOptional() @IsString() @MaxLength(4096) passwordPolicy?: string;

  @IsOptional() @IsBoolean() bruteForceProtected?: boolean;
  @IsOptional() @IsBoolean() permanentLockout?: boolean;
  @IsOptional() @IsInt() @Min(0) maxTemporaryLockouts?: number;
  @IsOptional() @IsIn(['MULTIPLE', 'LINEAR']) bruteForceStrategy?: 'MULTIPLE' | 'LINEAR';
  @IsOptional() @IsInt() @Min(0) maxFailureWaitSeconds?: number;
  @IsOptional() @IsInt() @Min(0) minimumQuickLoginWaitSeconds?: number;
  @IsOptional() @IsInt() @Min(0) waitIncrementSeconds?: number;
  @IsOptional() @IsInt() @Min(0) quickLoginCheckMilliSeconds?: number;
  @IsOptional() @IsInt() @Min(0) maxDeltaTimeSeconds?: number;
  @IsOptional() @IsInt() @Min(1) failureFactor?: number;
  @IsOptional() @IsInt() @Min(0) maxSecondaryAuthFailures?: number;
}

export interface Policies extends Required<Omit<PolicySettings, 'passwordPolicy'>> {
  passwordPolicy?: string;
  /** Message keys of the apps that fit the OTP policy; derived, read-only. */
  otpSupportedApplications: string[];
}

export class GetPolicies {
  @IsUUID() realmId: string;
}

export class SetPolicies {
  @IsUUID() realmId: string;
  @ValidateNested() @Type(() => PolicySettings) settings: PolicySettings;
}
