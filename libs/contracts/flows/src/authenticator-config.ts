import { Type } from 'class-transformer';
import { IsObject, IsOptional, IsString, IsUUID, MaxLength, ValidateNested } from 'class-validator';
import { Actor } from '@tumbler/contract-rpc';

/** Keycloak's AuthenticatorConfigRepresentation: the settings of one step. */
export interface ConfigView {
  id: string;
  alias: string;
  config: Record<string, string>;
}

/** Keycloak's ConfigPropertyRepresentation. */
export interface ConfigPropertyView {
  name: string;
  label: string;
  helpText: string;
  type: 'String' | 'boolean' | 'Role' | 'List' | 'MultivaluedList';
  defaultValue?: string | boolean;
  options?: string[];
  required: boolean;
  secret: boolean;
  readOnly: boolean;
}

/** Keycloak's AuthenticatorConfigInfoRepresentation. */
export interface ConfigDescription {
  name: string;
  providerId: string;
  helpText: string;
  properties: ConfigPropertyView[];
}

/** Errors: `not_found` "Illegal execution", `invalid_request` "Alias missing". */
export class CreateConfig {
  @ValidateNested() @Type(() => Actor) by: Actor;
  @IsUUID() realmId: string;
  /** The step that it is for; a config that is for none can be named by one later. */
  @IsOptional() @IsString() executionId?: string;
  @IsOptional() @IsString() @MaxLength(255) alias?: string;
  /** Values that are empty are not kept. */
  @IsObject() config: Record<string, string>;
}

/** Errors of this and the next two: `not_found` "Could not find authenticator config". */
export class GetConfig {
  @IsUUID() realmId: string;
  @IsString() id: string;
}

export class UpdateConfig {
  @ValidateNested() @Type(() => Actor) by: Actor;
  @IsUUID() realmId: string;
  @IsString() id: string;
  /** Stays as it is unless told. */
  @IsOptional() @IsString() @MaxLength(255) alias?: string;
  @IsObject() config: Record<string, string>;
}

export class RemoveConfig {
  @ValidateNested() @Type(() => Actor) by: Actor;
  @IsUUID() realmId: string;
  @IsString() id: string;
}

export class DescribeConfig {
  @IsString() providerId: string;
}

export class DescribeClientConfigs {}
