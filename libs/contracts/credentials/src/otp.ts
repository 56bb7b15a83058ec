import { IsOptional, IsString, IsUUID, MaxLength } from 'class-validator';
import type { OtpPolicy } from './policy.js';

/**
 * Starts an enrolment, or answers the one that this login started: a reload keeps the secret. The secret is pending in
 * credentials until the first right code, and is gone after a while without one.
 */
export class BeginOtp {
  @IsUUID() realmId: string;
  @IsUUID() userId: string;
  /** The login that asks; another login gets another secret. */
  @IsString() @MaxLength(128) loginId: string;
  /** What the app shows above the code: the realm. Not stored. */
  @IsString() @MaxLength(255) issuer: string;
  /** What the app shows beside it: the username. Not stored. */
  @IsString() @MaxLength(255) account: string;
}

export interface BegunOtp {
  /** `otpauth://…`, to be drawn as a QR code. A secret. */
  uri: string;
  /** Base32, upper case, without padding. A secret. */
  secret: string;
  /** The policy that this credential keeps for its life. */
  policy: OtpPolicy;
  /** Message keys of the apps that fit the policy. */
  apps: string[];
  /** The user has an app already, so this one needs a name. */
  labelRequired: boolean;
}

/** Ends an enrolment with the first code, which is thereby spent. */
export class ConfirmOtp {
  @IsUUID() realmId: string;
  @IsUUID() userId: string;
  @IsString() @MaxLength(128) loginId: string;
  @IsString() @MaxLength(64) code: string;
  @IsOptional() @IsString() @MaxLength(255) label?: string;
  /** As in `Verify`. Confirming what this attempt confirmed already answers `ok`. */
  @IsString() @MaxLength(128) attempt: string;
}

export interface ConfirmedOtp {
  /** `expired`: nothing is pending, begin again. `locked`: too many wrong codes. */
  verdict: 'ok' | 'wrong' | 'label_missing' | 'label_taken' | 'expired' | 'locked';
  credentialId?: string;
}
