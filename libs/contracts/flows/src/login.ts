import { Type } from 'class-transformer';
import {
  ArrayMaxSize,
  IsArray,
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
import { FlowOverrides } from './flow.js';
import type { Form, Text } from './form.js';

/** What a login needs to know of its realm. */
export class LoginRealm {
  @IsUUID() id: string;
  @IsString() name: string;
  @IsOptional() @IsString() displayName?: string;
  @IsBoolean() registrationAllowed: boolean;
  @IsBoolean() registrationEmailAsUsername: boolean;
  @IsBoolean() resetPasswordAllowed: boolean;
  @IsBoolean() rememberMe: boolean;
  @IsBoolean() loginWithEmailAllowed: boolean;
  @IsBoolean() verifyEmail: boolean;
  /** Seconds that a login may take, and a required action. */
  @IsInt() loginLifespan: number;
  @IsInt() actionLifespan: number;
  /** Seconds that a link works which a user asked for, and one that an administrator sends. */
  @IsOptional() @IsInt() userLinkLifespan?: number;
  @IsOptional() @IsInt() adminLinkLifespan?: number;
  /** The languages that it offers, first the one of whoever has said nothing; absent where it does not offer several. */
  @IsOptional() @IsArray() @IsString({ each: true }) locales?: string[];
  /** Where it is found: `https://id.example/realms/acme`. Links that are sent by mail begin with it. */
  @IsOptional() @IsString() @MaxLength(1024) url?: string;
}

/** The session that a browser brought, as the gateway verified it. */
export class BroughtSession {
  @IsUUID() id: string;
  @IsUUID() userId: string;
  /** Seconds since 1970. */
  @IsInt() authTime: number;
  @IsArray() @IsString({ each: true }) amr: string[];
  /** By level of authentication, when it was reached. Seconds since 1970. */
  @IsOptional() @IsObject() levels?: Record<string, number>;
}

/** What an application wants of a login, besides who it is. */
export class Wanted {
  /** Names of the client scopes that it asks for, those that it always has included. */
  @IsOptional() @IsArray() @ArrayMaxSize(200) @IsString({ each: true }) scopes?: string[];
  /** The level of authentication that it would like, and the one below which the login is refused. */
  @IsOptional() @IsInt() level?: number;
  @IsOptional() @IsInt() mustReach?: number;
}

/** What the visitor told us about themselves by being here. */
export class Visitor {
  @IsOptional() @IsString() @MaxLength(64) address?: string;
  @IsOptional() @IsString() @MaxLength(512) userAgent?: string;
  /** Of the request, without what is secret in it; by names in lower case. */
  @IsOptional() @IsObject() headers?: Record<string, string>;
}

export const FLOW_KINDS = ['browser', 'registration', 'reset-credentials'] as const;
export type FlowKind = (typeof FLOW_KINDS)[number];

/** Opens a login and answers its first step. */
export class Start {
  @ValidateNested() @Type(() => LoginRealm) realm: LoginRealm;
  @IsIn(FLOW_KINDS) flow: FlowKind;
  @IsString() @MaxLength(255) clientId: string;
  @IsOptional() @ValidateNested() @Type(() => FlowOverrides) overrides?: FlowOverrides;
  /** Where the user goes afterwards; checked by the gateway, told in events. */
  @IsOptional() @IsString() @MaxLength(4096) redirectUri?: string;
  /** SHA-256 of the secret that ties the login to one browser; base64url. */
  @IsString() @MaxLength(64) browser: string;
  @IsOptional() @ValidateNested() @Type(() => BroughtSession) session?: BroughtSession;
  @ValidateNested() @Type(() => Visitor) visitor: Visitor;
  /** Fills in the name. */
  @IsOptional() @IsString() @MaxLength(255) loginHint?: string;
  @IsOptional() @ValidateNested() @Type(() => Wanted) wanted?: Wanted;
  /** A message to show on the first page: why one has to begin again. */
  @IsOptional() @IsString() @MaxLength(64) notice?: string;
  /** A required action that the application asks for (`kc_action`), and after a colon what it is to be done with. */
  @IsOptional() @IsString() @MaxLength(255) action?: string;
}

/** Shows the present step of a login again; changes nothing that matters. */
export class Show {
  @ValidateNested() @Type(() => LoginRealm) realm: LoginRealm;
  @IsString() @MaxLength(64) login: string;
  @IsString() @MaxLength(64) browser: string;
  @ValidateNested() @Type(() => Visitor) visitor: Visitor;
  /** The language that the user has picked, of those that the realm offers. */
  @IsOptional() @IsString() @MaxLength(35) locale?: string;
  @IsOptional() @ValidateNested() @Type(() => BroughtSession) session?: BroughtSession;
  /** `mode=manual` and the like. */
  @IsOptional() @IsObject() query?: Record<string, string>;
  /** Begins the login anew, from its first step. */
  @IsOptional() @IsBoolean() restart?: boolean;
}

/** May whoever is signed in go on without seeing a page? Where they would see one, nothing is kept of the question. */
export class Pass {
  @ValidateNested() @Type(() => LoginRealm) realm: LoginRealm;
  @IsString() @MaxLength(255) clientId: string;
  @IsOptional() @ValidateNested() @Type(() => FlowOverrides) overrides?: FlowOverrides;
  @ValidateNested() @Type(() => BroughtSession) session: BroughtSession;
  @ValidateNested() @Type(() => Visitor) visitor: Visitor;
  @IsOptional() @ValidateNested() @Type(() => Wanted) wanted?: Wanted;
}

/** `asks`: there is something to ask. */
export type SilentlyPassed =
  { kind: 'done'; finished: FinishedLogin } | { kind: 'asks' } | { kind: 'refused'; unmet?: true };

/** Answers the present step of a login. */
export class Submit {
  @ValidateNested() @Type(() => LoginRealm) realm: LoginRealm;
  @IsString() @MaxLength(64) login: string;
  @IsString() @MaxLength(64) browser: string;
  @ValidateNested() @Type(() => Visitor) visitor: Visitor;
  /** The language that the user has picked, of those that the realm offers. */
  @IsOptional() @IsString() @MaxLength(35) locale?: string;
  @IsOptional() @ValidateNested() @Type(() => BroughtSession) session?: BroughtSession;
  /** The one-time code of the form that is answered: a form can be sent once. */
  @IsString() @MaxLength(64) code: string;
  /** The step that the form was for. */
  @IsString() @MaxLength(64) execution: string;
  /** Text fields only; the gateway bounds their number and size. */
  @IsObject() fields: Record<string, string>;
}

/**
 * What comes next in a login.
 * `form`: show it; `done`: make a session; `info`: what was to be done is done, and nobody is signed in by it; `failed`: the login is over, without success (`unmet`: because it did not reach the level that was asked for, `declined`: because the user did not want to); `expired`: there is no such login
 * for this browser, any more or at all, begin again.
 */
export type LoginStep =
  | {
      kind: 'form';
      login: string;
      execution: string;
      code: string;
      clientId: string;
      form: Form;
      /** The language of whoever is signing in, once they have proven who they are. */
      locale?: string;
    }
  | { kind: 'done'; login: string; finished: FinishedLogin }
  | { kind: 'info'; text: Text; redirectUri?: string; endSessionsOf?: string }
  | { kind: 'failed'; error: Text; status: 400 | 403; unmet?: true; declined?: true }
  | { kind: 'expired'; clientId?: string };

/** A login in which everything that was asked was given. The session takes the id of the login. */
export interface FinishedLogin {
  userId: string;
  username: string;
  clientId: string;
  redirectUri?: string;
  /** Seconds since 1970. */
  authTime: number;
  /** RFC 8176: `pwd`, `otp`, … */
  amr: string[];
  rememberMe: boolean;
  /** The level of authentication that was reached: 1 in a flow that leads to none. */
  level?: number;
  /** The levels that the session keeps, and when they were reached; seconds since 1970. */
  levels?: Record<string, number>;
  /** The session it continues, when the SSO cookie was what said who the user is. */
  sessionId?: string;
  /** Something was proven on top of that session. */
  raised?: true;
  /** The user asked that every other session of theirs ends. */
  endOtherSessions?: boolean;
  /** What became of the action that the application asked for; `error` where it could not be asked of the user. */
  action?: { name: string; status: 'success' | 'cancelled' | 'error' };
}

/** A login in one request, by name, password and code, for clients that may do so (RFC 6749 §4.3). */
export class Grant {
  @ValidateNested() @Type(() => LoginRealm) realm: LoginRealm;
  @IsString() @MaxLength(255) clientId: string;
  @IsOptional() @ValidateNested() @Type(() => FlowOverrides) overrides?: FlowOverrides;
  @ValidateNested() @Type(() => Visitor) visitor: Visitor;
  @IsOptional() @ValidateNested() @Type(() => Wanted) wanted?: Wanted;
  /** `username`, `password`, `totp` */
  @IsObject() fields: Record<string, string>;
}

export type Granted =
  | { kind: 'done'; sessionId: string; finished: FinishedLogin }
  | { kind: 'refused'; error: string; description: string; status: 400 | 401 };
