import { Type } from 'class-transformer';
import {
  IsArray,
  IsBoolean,
  IsIn,
  IsInt,
  IsObject,
  IsOptional,
  IsString,
  IsUUID,
  Matches,
  Max,
  MaxLength,
  Min,
  ValidateNested,
} from 'class-validator';
import { Actor } from '@tumbler/contract-rpc';

/** RFC 7518, RFC 8037: how tokens can be signed. With none of them a public key can be mistaken for a shared secret. */
export const SIGNING_ALGORITHMS = ['RS256', 'ES256', 'EdDSA'] as const;
export type SigningAlgorithm = (typeof SIGNING_ALGORITHMS)[number];

/** Seconds: what a number of 32 bits holds, as which the database adds them to times. 68 years. */
const LONGEST = 2_147_483_647;

/**
 * What is set for a realm as a whole, by the names of Keycloak's RealmRepresentation. All optional: an absent field
 * keeps its value. Policies of credentials and the binding of flows are set at the services that use them.
 */
export class RealmSettings {
  @IsOptional() @IsString() @MaxLength(255) displayName?: string;
  @IsOptional() @IsString() @MaxLength(2048) displayNameHtml?: string;
  @IsOptional() @IsBoolean() enabled?: boolean;
  @IsOptional() @IsIn(['all', 'external', 'none']) sslRequired?: 'all' | 'external' | 'none';

  @IsOptional() @IsBoolean() registrationAllowed?: boolean;
  @IsOptional() @IsBoolean() registrationEmailAsUsername?: boolean;
  @IsOptional() @IsBoolean() rememberMe?: boolean;
  @IsOptional() @IsBoolean() verifyEmail?: boolean;
  @IsOptional() @IsBoolean() loginWithEmailAllowed?: boolean;
  @IsOptional() @IsBoolean() duplicateEmailsAllowed?: boolean;
  @IsOptional() @IsBoolean() resetPasswordAllowed?: boolean;
  @IsOptional() @IsBoolean() editUsernameAllowed?: boolean;

  @IsOptional() @IsIn(SIGNING_ALGORITHMS) defaultSignatureAlgorithm?: SigningAlgorithm;

  /** Seconds since 1970: sessions and tokens from before are void. */
  @IsOptional() @IsInt() @Min(0) notBefore?: number;

  /** Seconds, all of them. */
  @IsOptional() @IsInt() @Min(1) @Max(LONGEST) accessTokenLifespan?: number;
  @IsOptional() @IsInt() @Min(1) @Max(LONGEST) ssoSessionIdleTimeout?: number;
  @IsOptional() @IsInt() @Min(1) @Max(LONGEST) ssoSessionMaxLifespan?: number;
  @IsOptional() @IsInt() @Min(0) @Max(LONGEST) ssoSessionIdleTimeoutRememberMe?: number;
  @IsOptional() @IsInt() @Min(0) @Max(LONGEST) ssoSessionMaxLifespanRememberMe?: number;
  @IsOptional() @IsInt() @Min(1) @Max(LONGEST) offlineSessionIdleTimeout?: number;
  /** Whether an offline session ends at all while it is used. */
  @IsOptional() @IsBoolean() offlineSessionMaxLifespanEnabled?: boolean;
  @IsOptional() @IsInt() @Min(1) @Max(LONGEST) offlineSessionMaxLifespan?: number;
  /** How long one application may idle and go on in a session, where that is less than the session may; 0: as long. */
  @IsOptional() @IsInt() @Min(0) @Max(LONGEST) clientSessionIdleTimeout?: number;
  @IsOptional() @IsInt() @Min(0) @Max(LONGEST) clientSessionMaxLifespan?: number;
  @IsOptional() @IsInt() @Min(0) @Max(LONGEST) clientOfflineSessionIdleTimeout?: number;
  /** Counts where offline sessions end at all. */
  @IsOptional() @IsInt() @Min(0) @Max(LONGEST) clientOfflineSessionMaxLifespan?: number;
  /** How long a device may wait for its user, and between two of its questions (RFC 8628). */
  @IsOptional() @IsInt() @Min(1) @Max(LONGEST) oauth2DeviceCodeLifespan?: number;
  @IsOptional() @IsInt() @Min(1) @Max(LONGEST) oauth2DevicePollingInterval?: number;
  @IsOptional() @IsInt() @Min(1) @Max(LONGEST) accessCodeLifespan?: number;
  @IsOptional() @IsInt() @Min(1) @Max(LONGEST) accessCodeLifespanUserAction?: number;
  @IsOptional() @IsInt() @Min(1) @Max(LONGEST) accessCodeLifespanLogin?: number;
  @IsOptional() @IsInt() @Min(1) @Max(LONGEST) actionTokenGeneratedByAdminLifespan?: number;
  @IsOptional() @IsInt() @Min(1) @Max(LONGEST) actionTokenGeneratedByUserLifespan?: number;

  /** Whether a refresh token is replaced when it is used; that of a public client is in any case (RFC 9700 §2.2.2). */
  @IsOptional() @IsBoolean() revokeRefreshToken?: boolean;
  /** How often one that was replaced may come again, as long as its successor was not used. */
  @IsOptional() @IsInt() @Min(0) @Max(LONGEST) refreshTokenMaxReuse?: number;

  @IsOptional() @IsBoolean() internationalizationEnabled?: boolean;
  @IsOptional() @IsArray() @IsString({ each: true }) supportedLocales?: string[];
  @IsOptional() @IsString() defaultLocale?: string;

  @IsOptional() @IsObject() attributes?: Record<string, string>;
  /** Where the realm's e-mail goes out: host, port, from, auth, user, password, ssl, starttls. */
  @IsOptional() @IsObject() smtpServer?: Record<string, string>;
}

/** Stands for a secret on its way out, and for "as it was" on its way in. */
export const MASK = '**********';

/** `smtpServer.password` is {@link MASK} where there is one. */
export interface Realm extends Required<
  Omit<RealmSettings, 'displayName' | 'displayNameHtml' | 'defaultLocale'>
> {
  id: string;
  name: string;
  displayName?: string;
  displayNameHtml?: string;
  defaultLocale?: string;
}

/** One path segment and one word on every screen; `.` and `..` are not names. */
export const REALM_NAME = /^(?!\.+$)[\p{L}\p{N}_.\- ]{1,255}$/u;
export const REALM_NAME_RULE = {
  message: 'realm may hold letters, digits, space, ".", "_" and "-", 255 at most',
};

export class FindRealm {
  @IsString()
  name: string;
}

export class ListRealms {}

/** For who sends mail, and nobody else: NATS carries it from flows only. Error: `realm_not_found`. */
export class FindMailSettings {
  @IsUUID() realmId: string;
}

export interface MailSettings {
  /** With the password. */
  smtpServer: Record<string, string>;
}

export class CreateRealm {
  @ValidateNested() @Type(() => Actor) by: Actor;

  /** Kept where one is given: an import carries its own. */
  @IsOptional() @IsUUID() id?: string;

  @Matches(REALM_NAME, REALM_NAME_RULE)
  name: string;

  @ValidateNested() @Type(() => RealmSettings) settings: RealmSettings;
}

export class UpdateRealm {
  @ValidateNested() @Type(() => Actor) by: Actor;
  @IsUUID() realmId: string;
  /** Renames the realm. */
  @IsOptional() @Matches(REALM_NAME, REALM_NAME_RULE) name?: string;
  @ValidateNested() @Type(() => RealmSettings) settings: RealmSettings;
}

export class RemoveRealm {
  @ValidateNested() @Type(() => Actor) by: Actor;
  @IsUUID() realmId: string;
}
