import { REQUIREMENTS, type Requirement } from '@tumbler/contract-flows';
import { IsIn, IsInt, IsObject, IsOptional, IsString, MaxLength } from 'class-validator';
import { body } from './input.js';

/** Keycloak's AuthenticationExecutionInfoRepresentation, as far as it can be changed. */
export class ExecutionBody {
  @IsString() @MaxLength(64) id: string;
  @IsOptional() @IsIn(REQUIREMENTS) requirement?: Requirement;
  /** A body without one resets the step to 0, as Keycloak does. */
  @IsInt() priority: number = 0;
  @IsOptional() @IsString() @MaxLength(255) displayName?: string;
  @IsOptional() @IsString() @MaxLength(1024) description?: string;
}

export const asExecution = body(ExecutionBody, {
  name: 'AuthenticationExecutionInfoRepresentation',
  passOver: [
    'alias',
    'requirementChoices',
    'configurable',
    'authenticationFlow',
    'providerId',
    'authenticationConfig',
    'flowId',
    'level',
    'index',
  ],
});

/** Keycloak's AuthenticationExecutionRepresentation. */
export class NewExecutionBody {
  @IsOptional() @IsString() @MaxLength(64) parentFlow?: string;
  @IsOptional() @IsString() @MaxLength(255) authenticator?: string;
  @IsOptional() @IsString() @MaxLength(64) authenticatorConfig?: string;
  @IsOptional() @IsString() @MaxLength(64) flowId?: string;
  @IsIn(REQUIREMENTS) requirement: Requirement = 'DISABLED';
  @IsOptional() @IsInt() priority?: number;
}

export const asNewExecution = body(NewExecutionBody, {
  name: 'AuthenticationExecutionRepresentation',
  passOver: ['id', 'authenticatorFlow', 'autheticatorFlow'],
});

/** Keycloak's AuthenticatorConfigRepresentation. */
export class ConfigBody {
  @IsOptional() @IsString() @MaxLength(255) alias?: string;
  @IsObject() config: Record<string, string> = {};
}

export const asConfig = body(ConfigBody, { name: 'AuthenticatorConfigRepresentation', passOver: ['id'] });
