import { Type } from 'class-transformer';
import {
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
import { REQUIREMENTS, type Requirement } from './flow.js';

export const FLOW_PROVIDERS = ['basic-flow', 'form-flow', 'client-flow'] as const;
export type FlowProvider = (typeof FLOW_PROVIDERS)[number];

/** What a change made. */
export interface Made {
  id: string;
}

class FlowChange {
  @ValidateNested() @Type(() => Actor) by: Actor;
  @IsUUID() realmId: string;
}

/** Errors: `conflict` for a name that is empty or taken, `invalid_request` for one that cannot stand in an address. */
export class CreateFlow extends FlowChange {
  @IsOptional() @IsString() @MaxLength(255) alias?: string;
  @IsOptional() @IsString() @MaxLength(1024) description?: string;
  @IsIn(FLOW_PROVIDERS) providerId: FlowProvider;
  @IsBoolean() topLevel: boolean;
  @IsBoolean() builtIn: boolean;
}

/** Copies a flow with everything in it; the copy shares nothing with it. */
export class CopyFlow extends FlowChange {
  @IsString() alias: string;
  @IsOptional() @IsString() @MaxLength(255) newName?: string;
}

export class UpdateFlow extends FlowChange {
  @IsString() id: string;
  @IsOptional() @IsString() @MaxLength(255) alias?: string;
  @IsOptional() @IsString() @MaxLength(1024) description?: string;
}

/** Errors: `conflict` naming what the flow, or one within it, is used for. */
export class RemoveFlow extends FlowChange {
  @IsString() id: string;
}

export class AddExecution extends FlowChange {
  /** Alias of the flow that it becomes a step of. */
  @IsString() parent: string;
  @IsOptional() @IsString() @MaxLength(255) provider?: string;
  /** After the last step unless told. */
  @IsOptional() @IsInt() priority?: number;
}

export class AddSubFlow extends FlowChange {
  @IsString() parent: string;
  @IsOptional() @IsString() @MaxLength(255) alias?: string;
  @IsOptional() @IsString() @MaxLength(1024) description?: string;
  @IsIn(FLOW_PROVIDERS) type: FlowProvider;
  /** The page that a `form-flow` makes of its parts. */
  @IsOptional() @IsString() @MaxLength(255) provider?: string;
  @IsOptional() @IsInt() priority?: number;
}

/** A step as it is told in one piece. The requirement is taken as it is, where it can be kept at all. */
export class CreateExecution extends FlowChange {
  /** Id of the flow that it becomes a step of. */
  @IsOptional() @IsString() parentFlow?: string;
  @IsOptional() @IsString() @MaxLength(255) authenticator?: string;
  @IsOptional() @IsString() @MaxLength(64) authenticatorConfig?: string;
  @IsOptional() @IsString() @MaxLength(64) flowId?: string;
  @IsIn(REQUIREMENTS) requirement: Requirement;
  @IsOptional() @IsInt() priority?: number;
}

/** Keycloak's AuthenticationExecutionRepresentation. */
export interface ExecutionView {
  id: string;
  parentFlow: string;
  requirement: Requirement;
  priority: number;
  authenticator?: string;
  /** Ids. */
  authenticatorConfig?: string;
  flowId?: string;
  authenticatorFlow: boolean;
  autheticatorFlow: boolean;
}

export class GetExecution {
  @IsUUID() realmId: string;
  @IsString() id: string;
}

export class RemoveExecution extends FlowChange {
  @IsString() id: string;
}

/** Changes places with the step before or after it; the first and the last one stay where they are. */
export class MoveExecution extends FlowChange {
  @IsString() id: string;
  @IsIn(['raise', 'lower']) direction: 'raise' | 'lower';
}
