import { DescribedSession, DescribedUser, Wanted } from '@tumbler/contract-flows';
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
  /** Steps that are taken by "Try another way". */
  @IsOptional() @IsArray() @ArrayMaxSize(100) @IsString({ each: true }) chooses?: string[];
  /** The session that the user is signed in by. */
  @IsOptional() @ValidateNested() @Type(() => DescribedSession) session?: DescribedSession;
  /** What the application wants: client scopes, a level of authentication. */
  @IsOptional() @ValidateNested() @Type(() => Wanted) wanted?: Wanted;
  /** What it asks the user to do besides signing in, as `kc_action` does: `NAME` or `NAME:PARAMETER`. */
  @IsOptional() @IsString() @MaxLength(255) kcAction?: string;
}

export const asSimulation = body(SimulationBody, { name: 'SimulationRepresentation' });
