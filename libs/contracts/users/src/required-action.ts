import { Type } from 'class-transformer';
import {
  IsBoolean,
  IsIn,
  IsInt,
  IsObject,
  IsOptional,
  IsString,
  IsUUID,
  MaxLength,
  ValidateNested,
} from 'class-validator';
import { Actor } from '@tumbler/contract-rpc';

/** One thing that can stand between a user and the door, as one realm has it. */
export interface RequiredAction {
  alias: string;
  name: string;
  providerId: string;
  enabled: boolean;
  /** Users who are created from now on get it. */
  defaultAction: boolean;
  /** Lower comes first. */
  priority: number;
  config: Record<string, string>;
}

export class ListActions {
  @IsUUID() realmId: string;
}

export class UpdateAction {
  @ValidateNested() @Type(() => Actor) by: Actor;
  @IsUUID() realmId: string;
  @IsString() alias: string;

  /** Renames the action. */
  @IsOptional() @IsString() @MaxLength(255) newAlias?: string;
  @IsOptional() @IsString() @MaxLength(255) name?: string;
  @IsBoolean() enabled: boolean;
  @IsBoolean() defaultAction: boolean;
  @IsInt() priority: number;
  @IsOptional() @IsObject() config?: Record<string, string>;
}

export class RemoveAction {
  @ValidateNested() @Type(() => Actor) by: Actor;
  @IsUUID() realmId: string;
  @IsString() alias: string;
}

/** Changes places with the neighbour; does nothing at the end of the list. */
export class MoveAction {
  @ValidateNested() @Type(() => Actor) by: Actor;
  @IsUUID() realmId: string;
  @IsString() alias: string;
  @IsIn(['raise', 'lower']) direction: 'raise' | 'lower';
}

export class UnregisteredActions {
  @IsUUID() realmId: string;
}

export class RegisterAction {
  @ValidateNested() @Type(() => Actor) by: Actor;
  @IsUUID() realmId: string;
  @IsString() providerId: string;
  @IsOptional() @IsString() name?: string;
}
