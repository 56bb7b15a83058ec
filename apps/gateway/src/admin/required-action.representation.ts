import { IsBoolean, IsInt, IsObject, IsOptional, IsString, MaxLength } from 'class-validator';
import { represented } from './input.js';

/** Keycloak's RequiredActionProviderRepresentation. A PUT replaces all of it: what is not said is false, or 0. */
export class ActionBody {
  /** Another alias than that of the address renames the action. */
  @IsOptional() @IsString() @MaxLength(255) alias?: string;
  @IsOptional() @IsString() @MaxLength(255) name?: string;
  /** Stays what it is. */
  @IsOptional() @IsString() providerId?: string;
  @IsBoolean() enabled: boolean = false;
  @IsBoolean() defaultAction: boolean = false;
  @IsInt() priority: number = 0;
  @IsObject() config: Record<string, string> = {};
}

export const readAction = (input: unknown): Promise<ActionBody> =>
  represented(ActionBody, input, { name: 'RequiredActionProviderRepresentation' });

/** Of an action that is registered again; other fields of it are taken and say nothing. */
export class RegisterBody {
  @IsString() @MaxLength(255) providerId: string;
  @IsOptional() @IsString() @MaxLength(255) name?: string;
}

/** Keycloak's RequiredActionConfigRepresentation. */
export class ActionConfigBody {
  @IsObject() config: Record<string, unknown> = {};
}
