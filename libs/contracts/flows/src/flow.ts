import { Type } from 'class-transformer';
import { IsIn, IsInt, IsOptional, IsString, IsUUID, MaxLength, ValidateNested } from 'class-validator';
import { Actor } from '@tumbler/contract-rpc';

export const REQUIREMENTS = ['REQUIRED', 'ALTERNATIVE', 'CONDITIONAL', 'DISABLED'] as const;
export type Requirement = (typeof REQUIREMENTS)[number];

/** Keycloak's AuthenticationFlowRepresentation. */
export interface FlowView {
  id: string;
  alias: string;
  description?: string;
  providerId: string;
  topLevel: boolean;
  builtIn: boolean;
  authenticationExecutions: {
    authenticatorConfig?: string;
    authenticator?: string;
    authenticatorFlow: boolean;
    /** Keycloak's own misspelling, which its tools read. */
    autheticatorFlow: boolean;
    requirement: Requirement;
    priority: number;
    flowAlias?: string;
    userSetupAllowed: boolean;
  }[];
}

/** Keycloak's AuthenticationExecutionInfoRepresentation: one row of a flow that is listed depth-first. */
export interface ExecutionInfo {
  id: string;
  requirement: Requirement;
  displayName: string;
  alias?: string;
  description?: string;
  requirementChoices: Requirement[];
  configurable: boolean;
  authenticationFlow?: true;
  providerId?: string;
  authenticationConfig?: string;
  flowId?: string;
  level: number;
  index: number;
  priority: number;
}

export interface ProviderView {
  id: string;
  displayName: string;
  description: string;
  /** Of client authenticators: clients that use it have a secret. */
  supportsSecret?: boolean;
}

export class ListFlows {
  @IsUUID() realmId: string;
}

export class GetFlow {
  @IsUUID() realmId: string;
  @IsString() id: string;
}

/** Errors: `not_found` "Flow not found". */
export class GetExecutions {
  @IsUUID() realmId: string;
  @IsString() alias: string;
}

/** Requirement and priority of a step, or name and description of a sub-flow; built-in flows too. */
export class UpdateExecution {
  @ValidateNested() @Type(() => Actor) by: Actor;
  @IsUUID() realmId: string;
  @IsString() alias: string;
  @IsString() id: string;
  @IsOptional() @IsIn(REQUIREMENTS) requirement?: Requirement;
  @IsOptional() @IsInt() priority?: number;
  @IsOptional() @IsString() @MaxLength(255) displayName?: string;
  @IsOptional() @IsString() @MaxLength(1024) description?: string;
}

export class ListProviders {
  @IsIn(['authenticator', 'form', 'form-action', 'client-authenticator']) kind:
    'authenticator' | 'form' | 'form-action' | 'client-authenticator';
}

/** Which flow a realm uses for what, by alias, with the names of RealmRepresentation. */
export class BindingSettings {
  @IsOptional() @IsString() browserFlow?: string;
  @IsOptional() @IsString() registrationFlow?: string;
  @IsOptional() @IsString() directGrantFlow?: string;
  @IsOptional() @IsString() resetCredentialsFlow?: string;
  @IsOptional() @IsString() clientAuthenticationFlow?: string;
  @IsOptional() @IsString() dockerAuthenticationFlow?: string;
  @IsOptional() @IsString() firstBrokerLoginFlow?: string;
}
export type Bindings = Required<BindingSettings>;

/** Ids of the flows that one client has in place of the realm's. One that is no more lets nobody in. */
export class FlowOverrides {
  @IsOptional() @IsUUID() browser?: string;
  @IsOptional() @IsUUID() directGrant?: string;
}

export class GetBindings {
  @IsUUID() realmId: string;
}

/** Errors: `invalid_request` for an alias that names no top-level flow. */
export class SetBindings {
  @IsUUID() realmId: string;
  @ValidateNested() @Type(() => BindingSettings) settings: BindingSettings;
}
