import { Type } from 'class-transformer';
import { IsOptional, IsString, IsUUID, MaxLength, ValidateNested } from 'class-validator';
import { Actor } from '@tumbler/contract-rpc';
import type { CredentialSummary } from './credential.js';

/** Gives a user a password in place of the one they have. */
export class SetPassword {
  /** Set when an administrator does it. */
  @IsOptional() @ValidateNested() @Type(() => Actor) by?: Actor;
  @IsUUID() realmId: string;
  @IsUUID() userId: string;
  @IsString() @MaxLength(4096) password: string;
  /** For the rules that a password must not be one of these. */
  @IsOptional() @IsString() username?: string;
  @IsOptional() @IsString() email?: string;
}

/** A password that breaks the policy is an answer: the message key of the rule and the numbers in its text. */
export type PasswordSet =
  | { kind: 'ok'; credential?: CredentialSummary }
  | { kind: 'refused'; key: string; params: (string | number)[] };
