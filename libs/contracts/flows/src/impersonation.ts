import { Type } from 'class-transformer';
import { IsString, IsUUID, MaxLength, ValidateNested } from 'class-validator';
import { Actor } from '@tumbler/contract-rpc';
import type { FinishedLogin } from './login.js';

/**
 * An administrator comes as a user, who is not asked. Errors: `not_found`, and `invalid_request` for a user who could not
 * come in themselves: one who is switched off, or has something to do first that nobody else may do.
 */
export class Impersonate {
  @ValidateNested() @Type(() => Actor) by: Actor;
  /** The username of the administrator, and the name of the realm that they are of: how the audit log names them. */
  @IsString() @MaxLength(255) impersonator: string;
  @IsString() @MaxLength(255) impersonatorRealm: string;
  @IsUUID() realmId: string;
  @IsUUID() userId: string;
}

export interface Impersonated {
  sessionId: string;
  /**
   * Nobody proved anything (`amr`), and it is as old as a session of this user may be: whatever asks for a fresh login, or
   * for a factor, asks for it.
   */
  finished: FinishedLogin;
}
