import { IsOptional, IsString, IsUUID, MaxLength } from 'class-validator';

/** Makes recovery codes for a login to show, or answers those that it shows already: a reload keeps them. */
export class BeginRecoveryCodes {
  @IsUUID() realmId: string;
  @IsUUID() userId: string;
  /** The login that asks; another login gets other codes. */
  @IsString() @MaxLength(128) loginId: string;
}

export interface BegunRecoveryCodes {
  /** In the order in which they will be asked for. Secrets. */
  codes: string[];
}

/** The user has kept the codes: they take the place of those from before. */
export class ConfirmRecoveryCodes {
  @IsUUID() realmId: string;
  @IsUUID() userId: string;
  @IsString() @MaxLength(128) loginId: string;
  @IsOptional() @IsString() @MaxLength(255) label?: string;
  /** As in `Verify`. Confirming what this attempt confirmed already answers `ok`. */
  @IsString() @MaxLength(128) attempt: string;
}

export interface ConfirmedRecoveryCodes {
  /** `expired`: nothing is pending, begin again. */
  verdict: 'ok' | 'expired';
  credentialId?: string;
}
