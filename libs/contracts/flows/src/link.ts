import { Type } from 'class-transformer';
import {
  ArrayMaxSize,
  IsArray,
  IsIn,
  IsInt,
  IsOptional,
  IsString,
  IsUUID,
  MaxLength,
  Min,
  ValidateNested,
} from 'class-validator';
import { Actor } from '@tumbler/contract-rpc';
import type { Form } from './form.js';
import { BroughtSession, LoginRealm, Visitor } from './login.js';

/** Looks at a link that came by mail; changes nothing, so that a scanner which follows links does not use it up. */
export class OpenLink {
  @ValidateNested() @Type(() => LoginRealm) realm: LoginRealm;
  @IsString() @MaxLength(64) key: string;
}

/** The page that asks whether to go on. `expired`: the link was used, is over its time, or never was. */
export type OpenedLink = { kind: 'confirm'; form: Form } | { kind: 'expired' };

/** Does what a link is for, once: at once, or in a login that begins with it. */
export class UseLink extends OpenLink {
  /** As in `Start`. */
  @IsString() @MaxLength(64) browser: string;
  @ValidateNested() @Type(() => Visitor) visitor: Visitor;
  @IsOptional() @ValidateNested() @Type(() => BroughtSession) session?: BroughtSession;
}

/**
 * Sends a user a link. Errors: `not_found`; `invalid_request` "User email missing", "User is disabled", "Provided invalid
 * required actions".
 */
export class SendLink {
  @ValidateNested() @Type(() => Actor) by: Actor;
  @ValidateNested() @Type(() => LoginRealm) realm: LoginRealm;
  @IsUUID() userId: string;
  @IsIn(['verify-email', 'execute-actions']) kind: 'verify-email' | 'execute-actions';
  /** Aliases of what is to be done. */
  @IsOptional() @IsArray() @ArrayMaxSize(100) @IsString({ each: true }) actions?: string[];
  /** Seconds; as the realm has it when absent. */
  @IsOptional() @IsInt() @Min(1) lifespan?: number;
  @IsString() @MaxLength(255) clientId: string;
  @IsOptional() @IsString() @MaxLength(4096) redirectUri?: string;
}
