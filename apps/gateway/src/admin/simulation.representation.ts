import { DescribedUser } from '@tumbler/contract-flows';
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
import { body } from './input.js';

/** Whom a simulation is about, and what they do. */
export class SimulationBody {
  /** A user of the realm; otherwise the one that is described, or somebody with a password and nothing else. */
  @IsOptional() @IsUUID() userId?: string;
  @IsOptional() @ValidateNested() @Type(() => DescribedUser) user?: DescribedUser;
  @IsString() @MaxLength(255) clientId: string = 'account';
  /** Steps at which a wrong answer is given. */
  @IsOptional() @IsArray() @ArrayMaxSize(100) @IsString({ each: true }) fails?: string[];
}

export const asSimulation = body(SimulationBody, { name: 'SimulationRepresentation' });
