import {
  ArrayMaxSize,
  IsArray,
  IsBoolean,
  IsIn,
  IsInt,
  IsObject,
  IsOptional,
  IsString,
  Matches,
  Max,
  MaxLength,
  Min,
} from 'class-validator';
import { DEFAULT_SCOPES, OPTIONAL_SCOPES } from './built-in-scopes.js';

const ADDRESS = /^$|^https?:\/\/[^\s]+$|^\/[^\s]*$/;
const ADDRESS_RULE = { message: 'must be an http(s) address, or a path below the root URL' };
/** RFC 9700 §2.1: compared character by character, so that nothing in one stands for something else. */
const REDIRECT_URI =
  /^(?!(?:javascript|data|vbscript|blob|file|about):)[a-z][a-z0-9+.-]*:[^\s*#]+$|^\/[^\s*#]*$/i;
const REDIRECT_RULE = {
  each: true,
  message:
    'must be full addresses without * or #: a redirect goes to exactly what is registered (RFC 9700 §2.1)',
};
const ORIGIN = /^(?:\+|\*|https?:\/\/[^/\s*?#]+)$/;
const ORIGIN_RULE = { each: true, message: 'must be origins (https://app.example.org), + or *' };

/** What a number of 32 bits holds. */
export const MOST_SECONDS = 2_147_483_647;

/** Names of Keycloak's authenticators of clients, of which these are here. */
export const CLIENT_AUTHENTICATORS = ['client-secret', 'client-jwt', 'client-secret-jwt'] as const;

/** A claim of a token that a client is given besides those of its scopes. */
export interface ProtocolMapper {
  id: string;
  name: string;
  protocol: 'openid-connect';
  protocolMapper: string;
  config: Record<string, string>;
}

/** What an administrator sets of a client, by the names of Keycloak's ClientRepresentation. */
export class ClientSettings {
  @IsOptional() @IsString() @MaxLength(255) name?: string;
  @IsOptional() @IsString() @MaxLength(4096) description?: string;
  @IsOptional() @Matches(ADDRESS, ADDRESS_RULE) @MaxLength(2048) rootUrl?: string;
  @IsOptional() @Matches(ADDRESS, ADDRESS_RULE) @MaxLength(2048) baseUrl?: string;
  @IsOptional() @Matches(ADDRESS, ADDRESS_RULE) @MaxLength(2048) adminUrl?: string;
  @IsOptional() @IsBoolean() enabled?: boolean;
  @IsOptional() @IsBoolean() alwaysDisplayInConsole?: boolean;
  @IsOptional() @IsBoolean() surrogateAuthRequired?: boolean;
  @IsOptional() @IsIn(CLIENT_AUTHENTICATORS) clientAuthenticatorType?: (typeof CLIENT_AUTHENTICATORS)[number];

  @IsOptional()
  @IsArray()
  @ArrayMaxSize(200)
  @MaxLength(2048, { each: true })
  @Matches(REDIRECT_URI, REDIRECT_RULE)
  redirectUris?: string[];

  @IsOptional()
  @IsArray()
  @ArrayMaxSize(200)
  @MaxLength(2048, { each: true })
  @Matches(ORIGIN, ORIGIN_RULE)
  webOrigins?: string[];

  /** Seconds since 1970: tokens of this client from before are void. */
  @IsOptional() @IsInt() @Min(0) @Max(MOST_SECONDS) notBefore?: number;
  @IsOptional() @IsBoolean() bearerOnly?: boolean;
  @IsOptional() @IsBoolean() consentRequired?: boolean;
  @IsOptional() @IsBoolean() standardFlowEnabled?: boolean;
  @IsOptional()
  @IsIn([false], {
    message: 'the implicit flow puts tokens into addresses and is not offered (RFC 9700 §2.1.2)',
  })
  implicitFlowEnabled?: boolean;
  @IsOptional() @IsBoolean() directAccessGrantsEnabled?: boolean;
  @IsOptional() @IsBoolean() serviceAccountsEnabled?: boolean;
  @IsOptional() @IsBoolean() publicClient?: boolean;
  @IsOptional() @IsBoolean() frontchannelLogout?: boolean;
  @IsOptional() @IsIn(['openid-connect']) protocol?: 'openid-connect';
  @IsOptional() @IsObject() attributes?: Record<string, string>;
  @IsOptional() @IsObject() authenticationFlowBindingOverrides?: Record<string, string>;
  @IsOptional() @IsBoolean() fullScopeAllowed?: boolean;
  @IsOptional() @IsInt() @Min(-1) @Max(MOST_SECONDS) nodeReRegistrationTimeout?: number;
  @IsOptional() @IsArray() @IsString({ each: true }) defaultClientScopes?: string[];
  @IsOptional() @IsArray() @IsString({ each: true }) optionalClientScopes?: string[];
  @IsOptional() @IsArray() @ArrayMaxSize(200) protocolMappers?: ProtocolMapper[];
  /** The hosts that it runs on, with when they were registered: seconds since 1970. Set at addresses of its own, as the next. */
  registeredNodes?: Record<string, number>;
  /** Ids of the roles that a client without the full scope gets, besides its own. */
  scopeRoles?: string[];
}

type Named = 'name' | 'description' | 'rootUrl' | 'baseUrl' | 'adminUrl';
type Optional = Pick<ClientSettings, Named>;

/** A client as it works: what nobody set is as it is by default. */
export interface Client extends Optional, Required<Omit<ClientSettings, Named>> {
  id: string;
  realmId: string;
  clientId: string;
  /** The user that the client is when it acts for nobody else. */
  serviceAccountId?: string;
  /** The realm that its roles let administer. */
  manages?: string;
}

/** What a client is that nobody said anything of. */
export const CLIENT_DEFAULTS: Omit<Client, 'id' | 'realmId' | 'clientId' | 'serviceAccountId' | 'manages'> = {
  enabled: true,
  alwaysDisplayInConsole: false,
  surrogateAuthRequired: false,
  clientAuthenticatorType: 'client-secret',
  redirectUris: [],
  webOrigins: [],
  notBefore: 0,
  bearerOnly: false,
  consentRequired: false,
  standardFlowEnabled: true,
  implicitFlowEnabled: false,
  directAccessGrantsEnabled: false,
  serviceAccountsEnabled: false,
  publicClient: false,
  frontchannelLogout: false,
  protocol: 'openid-connect',
  attributes: {},
  authenticationFlowBindingOverrides: {},
  fullScopeAllowed: true,
  nodeReRegistrationTimeout: -1,
  defaultClientScopes: DEFAULT_SCOPES,
  optionalClientScopes: OPTIONAL_SCOPES,
  protocolMappers: [],
  registeredNodes: {},
  scopeRoles: [],
};

/** A client that proves who it is when it asks for tokens. */
export const isConfidential = ({ publicClient, bearerOnly }: Client): boolean => !publicClient && !bearerOnly;
