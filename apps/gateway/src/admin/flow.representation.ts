import { FLOW_PROVIDERS, type FlowProvider } from '@tumbler/contract-flows';
import { IsBoolean, IsIn, IsInt, IsOptional, IsString, MaxLength } from 'class-validator';
import { body } from './input.js';

/** Keycloak's AuthenticationFlowRepresentation, as far as it is set here: the steps have addresses of their own. */
export class FlowBody {
  @IsOptional() @IsString() @MaxLength(255) alias?: string;
  @IsOptional() @IsString() @MaxLength(1024) description?: string;
  @IsIn(FLOW_PROVIDERS) providerId: FlowProvider = 'basic-flow';
  /** Unless told, a flow is a part of another one, as in Keycloak. */
  @IsBoolean() topLevel: boolean = false;
  @IsBoolean() builtIn: boolean = false;
}

export const asFlow = body(FlowBody, {
  name: 'AuthenticationFlowRepresentation',
  passOver: ['id', 'authenticationExecutions'],
});

/** Keycloak reads this and the next two as maps: what else they hold is nobody's business. */
export class CopyBody {
  @IsOptional() @IsString() @MaxLength(255) newName?: string;
}

export class AddExecutionBody {
  @IsOptional() @IsString() @MaxLength(255) provider?: string;
  @IsOptional() @IsInt() priority?: number;
}

export class AddSubFlowBody {
  @IsOptional() @IsString() @MaxLength(255) alias?: string;
  @IsOptional() @IsString() @MaxLength(1024) description?: string;
  @IsIn(FLOW_PROVIDERS) type: FlowProvider = 'basic-flow';
  @IsOptional() @IsString() @MaxLength(255) provider?: string;
  @IsOptional() @IsInt() priority?: number;
}
