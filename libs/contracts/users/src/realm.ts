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
  MaxLength,
  Min,
  ValidateNested,
} from 'class-validator';
import { Actor } from '@tumbler/contract-rpc';

/** RFC 7518, RFC 8037: how tokens can be signed. With none of them a public key can be mistaken for a shared secret. */
export const SIGNING_ALGORITHMS = ['RS256', 'ES256', 'EdDSA'] as const;
export type SigningAlgorithm = (typeof SIGNING_ALGORITHMS)[number];

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
  @IsOptional() @IsInt() @Min(1) accessTokenLifespan?: number;
  @IsOptional() @IsInt() @Min(1) ssoSessionIdleTimeout?: number;
  @IsOptional() @IsInt() @Min(1) ssoSessionMaxLifespan?: number;
  @IsOptional() @IsInt() @Min(0) ssoSessionIdleTimeoutRememberMe?: number;
  @IsOptional() @IsInt() @Min(0) ssoSessionMaxLifespanRememberMe?: number;
  @IsOptional() @IsInt() @Min(1) offlineSessionIdleTimeout?: number;
  /** Whether an offline session ends at all while it is used. */
  @IsOptional() @IsBoolean() offlineSessionMaxLifespanEnabled?: boolean;
  @IsOptional() @IsInt() @Min(1) offlineSessionMaxLifespan?: number;
  /** How long a device may wait for its user, and between two of its questions (RFC 8628). */
  @IsOptional() @IsInt() @Min(1) oauth2DeviceCodeLifespan?: number;
  @IsOptional() @IsInt() @Min(1) oauth2DevicePollingInterval?: number;
  @IsOptional() @IsInt() @Min(1) accessCodeLifespan?: number;
  @IsOptional() @IsInt() @Min(1) accessCodeLifespanUserAction?: number;
  @IsOptional() @IsInt() @Min(1) accessCodeLifespanLogin?: number;
  @IsOptional() @IsInt() @Min(1) actionTokenGeneratedByAdminLifespan?: number;
  @IsOptional() @IsInt() @Min(1) actionTokenGeneratedByUserLifespan?: number;

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
