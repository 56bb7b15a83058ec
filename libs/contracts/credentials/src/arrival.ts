import { Type } from 'class-transformer';
import {
  ArrayMaxSize,
  IsArray,
  IsOptional,
  IsString,
  IsUUID,
  MaxLength,
  ValidateNested,
} from 'class-validator';
import type { Finding } from '@tumbler/contract-rpc';

/** A credential as it comes from another server, of whatever type that knows. */
export interface ArrivingCredential {
  /** Where in the file it stands: `users[3].credentials[0]`. */
  place: string;
  type: string;
  id?: string;
  userLabel?: string;
  /** A password in clear. */
  value?: string;
  /** JSON strings, as in Keycloak's exports (keycloak.md §5.5). */
  secretData?: string;
  credentialData?: string;
  /** Milliseconds since 1970. */
  createdDate?: number;
}

/** A user who is not there yet, with what they prove themselves with, in the order of preference. */
export class ArrivingOwner {
  @IsUUID() userId: string;
  /** For the rules that a password must not be one of these. */
  @IsOptional() @IsString() username?: string;
  @IsOptional() @IsString() email?: string;
  @IsArray() @ArrayMaxSize(100) credentials: ArrivingCredential[];
}

/** Which of these, and of the rules of the policy, could not be kept, each by its place. Nothing is written. */
export class ExamineCredentials {
  /** What passwords in clear are held against; the default unless told. */
  @IsOptional() @IsString() @MaxLength(4096) passwordPolicy?: string;
  @IsArray()
  @ArrayMaxSize(5_000)
  @ValidateNested({ each: true })
  @Type(() => ArrivingOwner)
  owners: ArrivingOwner[];
}

export interface ExaminedCredentials {
  findings: Finding[];
  /** The rules of the policy that are known here. */
  passwordPolicy?: string;
}

/**
 * Keeps all of them, for users who come after, or none. Nothing is told of it: there is nobody yet whom it could concern.
 * Error: `invalid_request` with the place of what `examine` finds.
 */
export class AdoptCredentials {
  @IsUUID() realmId: string;
  @IsArray()
  @ArrayMaxSize(5_000)
  @ValidateNested({ each: true })
  @Type(() => ArrivingOwner)
  owners: ArrivingOwner[];
}

/** Forgets users who did not come after all; a whole realm, with its policies, where none is named. Safe to repeat. */
export class DisownCredentials {
  @IsUUID() realmId: string;
  @IsOptional() @IsArray() @ArrayMaxSize(20_000) @IsUUID('all', { each: true }) userIds?: string[];
}
