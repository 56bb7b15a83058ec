import { Type } from 'class-transformer';
import { ArrayMaxSize, IsArray, IsOptional, IsString, IsUUID, ValidateNested } from 'class-validator';
import { Actor } from '@tumbler/contract-rpc';

/** Gives a user realm roles, by name. Safe to repeat. Errors: `not_found` for a role or a user that is not there; then none is given. */
export class GrantRealmRoles {
  /** Absent when the system itself makes its first administrator. */
  @IsOptional() @ValidateNested() @Type(() => Actor) by?: Actor;
  @IsUUID() realmId: string;
  @IsUUID() userId: string;
  @IsArray() @ArrayMaxSize(1_000) @IsString({ each: true }) roles: string[];
}
