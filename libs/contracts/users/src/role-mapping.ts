import { Type } from 'class-transformer';
import { ArrayMaxSize, IsArray, IsIn, IsOptional, IsString, IsUUID, ValidateNested } from 'class-validator';
import { Actor } from '@tumbler/contract-rpc';

/** A user, or a group whose members have what it has. */
export class Holder {
  @IsIn(['user', 'group']) kind: 'user' | 'group';
  @IsUUID() id: string;
}

/** Error: `not_found` where the holder is not there. */
export class RolesOfHolder {
  @IsUUID() realmId: string;
  @ValidateNested() @Type(() => Holder) holder: Holder;
  /** Given themselves; with all that these and the groups above bring along; or not yet given. */
  @IsIn(['direct', 'effective', 'available']) which: 'direct' | 'effective' | 'available';
  /** `realm`, or the id of a client; all unless told. */
  @IsOptional() @IsString() container?: string;
}

/** Safe to repeat. Error: `not_found` for a role or a holder that is not there; then nothing changes. */
export class ChangeRoles {
  @ValidateNested() @Type(() => Actor) by: Actor;
  @IsUUID() realmId: string;
  @ValidateNested() @Type(() => Holder) holder: Holder;
  @IsArray() @ArrayMaxSize(1_000) @IsUUID('all', { each: true }) roles: string[];
}

/** Gives a user realm roles, by name. Safe to repeat. Errors: `not_found` for a role or a user that is not there; then none is given. */
export class GrantRealmRoles {
  /** Absent when the system itself makes its first administrator. */
  @IsOptional() @ValidateNested() @Type(() => Actor) by?: Actor;
  @IsUUID() realmId: string;
  @IsUUID() userId: string;
  @IsArray() @ArrayMaxSize(1_000) @IsString({ each: true }) roles: string[];
}
