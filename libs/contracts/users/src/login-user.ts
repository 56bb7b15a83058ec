import { IsBoolean, IsObject, IsOptional, IsString, IsUUID, MaxLength } from 'class-validator';
import type { RequiredAction } from './required-action.js';

/** What a login knows of a user: enough to decide every step, and nothing that a step does not need. */
export interface LoginUser {
  id: string;
  /** Lower case, as stored. */
  username: string;
  email?: string;
  emailVerified: boolean;
  firstName?: string;
  lastName?: string;
  enabled: boolean;
  attributes: Record<string, string[]>;
  /** Effective roles of the realm: given to the user, to a group of theirs or one above it, or brought along by such a role. */
  roles: string[];
  /** The same of clients, by the client's name; absent when the user has none. */
  clientRoles?: Record<string, string[]>;
  /** Aliases of the actions this user still has to do, whether or not the realm enables them today. */
  requiredActions: string[];
  /** Seconds since 1970: tokens and sessions from before are void. */
  notBefore: number;
  /**
   * Names of attributes that are missing, or are not as the profile of the realm wants them, where the realm asks users
   * to put that right; absent when there are none.
   */
  profileFaults?: string[];
  /** Set where the profile of the realm does not let users change their address. */
  emailFixed?: true;
}

export interface FoundUser {
  user: LoginUser | null;
  /** The enabled required actions of the realm, by priority: what may be asked of this user. */
  actions: RequiredAction[];
}

/** Who is meant by what somebody typed: a username, or an e-mail address where the realm allows it. */
export class Identify {
  @IsUUID()
  realmId: string;

  /** As typed; trimmed and lower-cased by the service. */
  @IsString()
  @MaxLength(255)
  name: string;
}

export class GetUser {
  @IsUUID()
  realmId: string;

  @IsUUID()
  userId: string;
}

/** Gives a user a required action to do, now or at a later login. Safe to repeat. */
export class AddAction {
  @IsUUID()
  realmId: string;

  @IsUUID()
  userId: string;

  @IsString()
  alias: string;
}

/** Takes a required action off a user. Safe to repeat. */
export class FinishAction {
  @IsUUID()
  realmId: string;

  @IsUUID()
  userId: string;

  @IsString()
  alias: string;

  /** Set by the action that confirms the address of the user. */
  @IsOptional()
  @IsBoolean()
  emailVerified?: boolean;

  /** Attributes that it leaves on the user; the others stay. Error: `invalid_request`. */
  @IsOptional()
  @IsObject()
  attributes?: Record<string, string[]>;
}
