import { Type } from 'class-transformer';
import {
  ArrayMaxSize,
  IsArray,
  IsBoolean,
  IsIn,
  IsInt,
  IsOptional,
  IsString,
  IsUUID,
  MaxLength,
  ValidateNested,
} from 'class-validator';
import { Actor } from '@tumbler/contract-rpc';

export const CREDENTIAL_TYPES = ['password', 'otp', 'recovery-authn-codes'] as const;
export type CredentialType = (typeof CREDENTIAL_TYPES)[number];

/** What a login may know of a credential: that it is there, and what its owner calls it. */
export interface CredentialSummary {
  id: string;
  type: CredentialType;
  label?: string;
  /** Passwords: when it was set, in milliseconds since 1970. Another one takes the place of the one before, under its id. */
  setAt?: number;
  /** Recovery codes: the number of the one that is asked for next, counted from 1. Codes that are all spent are no credential any more. */
  nextCode?: number;
}

/** What an administrator may see: how it was made, never what it is. Keycloak's CredentialRepresentation without `secretData`. */
export interface CredentialView extends Omit<CredentialSummary, 'nextCode' | 'setAt'> {
  /** Milliseconds since 1970. */
  createdDate: number;
  priority: number;
  /** JSON: the algorithm and its parameters. */
  credentialData: string;
}

/** Answered in order of preference: the first of a type is the default one. */
export class ListCredentials {
  @IsUUID() realmId: string;
  @IsUUID() userId: string;
}

/** Answers the ids of those of the users who have a credential of the type. */
export class WhoHasCredential {
  @IsUUID() realmId: string;
  @IsArray() @ArrayMaxSize(10_000) @IsUUID('all', { each: true }) userIds: string[];
  @IsIn(CREDENTIAL_TYPES) type: CredentialType;
}

/** One credential as somebody hands it in: a password in clear (`value`), or a hash or OTP secret made elsewhere. */
export class GivenCredential {
  @IsOptional() @IsString() id?: string;
  @IsIn(CREDENTIAL_TYPES) type: CredentialType;
  @IsOptional() @IsString() @MaxLength(255) userLabel?: string;
  @IsOptional() @IsString() @MaxLength(4096) value?: string;
  @IsOptional() @IsBoolean() temporary?: boolean;
  /** JSON strings, as in Keycloak's exports (keycloak.md §5.5). */
  @IsOptional() @IsString() @MaxLength(65536) secretData?: string;
  @IsOptional() @IsString() @MaxLength(65536) credentialData?: string;
  @IsOptional() @IsInt() createdDate?: number;
  @IsOptional() @IsInt() priority?: number;
}

/** Gives a user the credentials of a representation, in their order. A password replaces the one that is there. */
export class SetCredentials {
  @IsOptional() @ValidateNested() @Type(() => Actor) by?: Actor;
  @IsUUID() realmId: string;
  @IsUUID() userId: string;
  /** For the rule that a password must not be the username. */
  @IsOptional() @IsString() username?: string;
  @IsArray() @ValidateNested({ each: true }) @Type(() => GivenCredential) credentials: GivenCredential[];
}

/** Errors: `not_found`; `invalid_request` missingCredentialLabel when blank; `conflict` when the user has another of the type by that label. */
export class RenameCredential {
  @IsOptional() @ValidateNested() @Type(() => Actor) by?: Actor;
  @IsUUID() realmId: string;
  @IsUUID() userId: string;
  @IsUUID() credentialId: string;
  @IsString() @MaxLength(255) label: string;
}

/** Errors: `not_found` "Credential not found". */
export class RemoveCredential {
  @IsOptional() @ValidateNested() @Type(() => Actor) by?: Actor;
  @IsUUID() realmId: string;
  @IsUUID() userId: string;
  @IsUUID() credentialId: string;
}

/** Puts a credential behind another one, or first. */
export class MoveCredential {
  @IsOptional() @ValidateNested() @Type(() => Actor) by?: Actor;
  @IsUUID() realmId: string;
  @IsUUID() userId: string;
  @IsUUID() credentialId: string;
  @IsOptional() @IsUUID() after?: string;
}

/** Forgets a user: credentials, pending enrolments, failure counts. Safe to repeat. */
export class EraseUser {
  @IsUUID() realmId: string;
  @IsUUID() userId: string;
}
