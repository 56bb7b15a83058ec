import { SIGNING_ALGORITHMS, type SigningAlgorithm } from '@tumbler/contract-users';
import {
  ArrayMaxSize,
  IsArray,
  IsBoolean,
  IsIn,
  IsObject,
  IsOptional,
  IsString,
  Matches,
  MaxLength,
} from 'class-validator';
import {
  ASSERTION_ALGORITHM,
  ASSERTION_ALGORITHMS,
  JWKS,
  USE_JWKS,
  keySetOf,
} from '../clients/client-keys.js';
import type { Client, ClientSettings } from '../clients/client-settings.js';
import { OAuthError } from '../oauth-error.js';
import { DEVICE_GRANT } from '../provider/client-metadata.js';

/** Where applications register, below the realm. */
export const REGISTRATION = 'clients-registrations/openid-connect';

const METHODS = [
  'client_secret_basic',
  'client_secret_post',
  'client_secret_jwt',
  'private_key_jwt',
  'none',
] as const;
/** RFC 9700 §2.1.2, §2.4: who registers itself gets no token by an address, and no password. */
const GRANTS = ['authorization_code', 'refresh_token', 'client_credentials', DEVICE_GRANT] as const;
type Method = (typeof METHODS)[number];
type Grant = (typeof GRANTS)[number];

const PAR = 'require.pushed.authorization.requests';
const DEVICE = 'oauth2.device.authorization.grant.enabled';
const ID_TOKEN_ALGORITHM = 'id.token.signed.response.alg';
const AFTER_LOGOUT = 'post.logout.redirect.uris';

/** What an application says of itself (RFC 7591 §2). What is not known here is passed over, as the standard asks. */
export class ClientMetadata {
  /** When it changes what it said before: its own, and nothing else. */
  @IsOptional() @IsString() client_id?: string;
  @IsOptional() @IsString() client_secret?: string;

  @IsOptional()
  @IsArray()
  @ArrayMaxSize(50)
  @IsString({ each: true })
  @Matches(/^[^/]/, { each: true, message: 'redirect_uris must be full addresses' })
  redirect_uris?: string[];

  @IsOptional() @IsIn(METHODS) token_endpoint_auth_method?: Method;
  @IsOptional() @IsIn(ASSERTION_ALGORITHMS) token_endpoint_auth_signing_alg?: string;
  @IsOptional() @IsArray() @ArrayMaxSize(10) @IsIn(GRANTS, { each: true }) grant_types?: Grant[];
  @IsOptional() @IsArray() @ArrayMaxSize(1) @IsIn(['code'], { each: true }) response_types?: 'code'[];
  @IsOptional() @IsString() @MaxLength(255) client_name?: string;
  @IsOptional() @Matches(/^https?:\/\/[^\s]+$/) @MaxLength(2048) client_uri?: string;
  /** Names, with spaces between them, of what it may ask for besides what every application is told. */
  @IsOptional() @IsString() @MaxLength(2048) scope?: string;
  /** RFC 7517 §5: public keys, for `private_key_jwt`. */
  @IsOptional() @IsObject() jwks?: object;
  @IsOptional() @IsIn(SIGNING_ALGORITHMS) id_token_signed_response_alg?: SigningAlgorithm;
  @IsOptional() @IsBoolean() require_pushed_authorization_requests?: boolean;

  @IsOptional()
  @IsArray()
  @ArrayMaxSize(50)
  @MaxLength(2048, { each: true })
  @Matches(/^(?!.*##)(?!(?:javascript|data|vbscript|blob|file|about):)[a-z][a-z0-9+.-]*:[^\s*]+$/i, {
    each: true,
    message: 'post_logout_redirect_uris must be full addresses',
  })
  post_logout_redirect_uris?: string[];
}

/** RFC 7591 §3.2.1, RFC 7592 §3. */
export interface RegisteredClient {
  client_id: string;
  client_secret?: string;
  /** Seconds since 1970. */
  client_id_issued_at?: number;
  /** 0: a secret is good until there is another one. */
  client_secret_expires_at?: number;
  registration_client_uri: string;
  registration_access_token: string;
  redirect_uris: string[];
  token_endpoint_auth_method: Method;
  token_endpoint_auth_signing_alg?: string;
  grant_types: string[];
  response_types: string[];
  client_name?: string;
  client_uri?: string;
  scope: string;
  jwks?: object;
  id_token_signed_response_alg?: string;
  require_pushed_authorization_requests?: boolean;
  post_logout_redirect_uris?: string[];
}

const AUTHENTICATORS: Record<Method, NonNullable<ClientSettings['clientAuthenticatorType']>> = {
  client_secret_basic: 'client-secret',
  client_secret_post: 'client-secret',
  client_secret_jwt: 'client-secret-jwt',
  private_key_jwt: 'client-jwt',
  none: 'client-secret',
};
const METHOD_OF = {
  'client-secret': 'client_secret_basic',
  'client-secret-jwt': 'client_secret_jwt',
  'client-jwt': 'private_key_jwt',
} as const;

/** Names of scopes that new clients of the realm get, and those that they may ask for. */
interface OfferedScopes {
  always: string[];
  optional: string[];
}

/**
 * The settings that follow from what an application says of itself; what is not said is as it is without it (RFC 7592 §2.2).
 * Nothing of it says whom the application may act for or what it is told of them: that is for administrators.
 * Throws an `OAuthError`, as RFC 7591 §3.2.2 has it.
 */
export function settingsFor(said: ClientMetadata, scopes: OfferedScopes): ClientSettings {
  const { token_endpoint_auth_method: method = 'client_secret_basic', redirect_uris: redirectUris = [] } =
    said;
  const grants = said.grant_types ?? ['authorization_code'];
  const isPublic = method === 'none';
  const signsIn = grants.includes('authorization_code');
  if (signsIn && redirectUris.length === 0)
    throw new OAuthError(400, 'invalid_redirect_uri', 'redirect_uris are missing');
  if (isPublic && grants.includes('client_credentials'))
    throw wrong('client_credentials are for applications that prove themselves');
  if (method === 'private_key_jwt' && !said.jwks)
    throw wrong('jwks is missing: no keys are fetched from an address that an application names');
  return {
    ...{ name: said.client_name ?? '', baseUrl: said.client_uri ?? '', redirectUris },
    ...{ publicClient: isPublic, clientAuthenticatorType: AUTHENTICATORS[method] },
    standardFlowEnabled: signsIn,
    serviceAccountsEnabled: grants.includes('client_credentials'),
    attributes: attributesFor(said, grants),
    ...(said.scope === undefined ? {} : { optionalClientScopes: askedScopes(said.scope, scopes) }),
  };
}

/** Empty where nothing is said: an application changes these and no others. */
function attributesFor(said: ClientMetadata, grants: Grant[]): Record<string, string> {
  const keys = said.jwks && JSON.stringify(said.jwks);
  if (keys && !keySetOf(keys)) throw wrong('jwks must be a JSON Web Key Set of public keys');
  return {
    [JWKS]: keys ?? '',
    [USE_JWKS]: keys ? 'true' : '',
    [ASSERTION_ALGORITHM]: said.token_endpoint_auth_signing_alg ?? '',
    [ID_TOKEN_ALGORITHM]: said.id_token_signed_response_alg ?? '',
    [PAR]: said.require_pushed_authorization_requests ? 'true' : '',
    [DEVICE]: grants.includes(DEVICE_GRANT) ? 'true' : '',
    [AFTER_LOGOUT]: said.post_logout_redirect_uris?.join('##') ?? '',
  };
}

/** What no new client may ask for, none asks for by registering itself. */
function askedScopes(scope: string, { always, optional }: OfferedScopes): string[] {
  const asked = [...new Set(scope.split(' '))].filter(
    (name) => name && name !== 'openid' && !always.includes(name),
  );
  const stranger = asked.find((name) => !optional.includes(name));
  if (stranger !== undefined) throw wrong(`There is no scope ${stranger}`);
  return asked;
}

/** What is registered of an application, in the words of RFC 7591. */
export function metadataFor(
  client: Client,
  secret: string | undefined,
): Omit<RegisteredClient, 'registration_client_uri' | 'registration_access_token'> {
  const { attributes, publicClient, standardFlowEnabled: signsIn } = client;
  const isSecret = !publicClient && client.clientAuthenticatorType !== 'client-jwt' && secret;
  const jwks = attributes[JWKS] && keySetOf(attributes[JWKS]);
  const {
    [ASSERTION_ALGORITHM]: algorithm,
    [ID_TOKEN_ALGORITHM]: idTokens,
    [AFTER_LOGOUT]: after,
  } = attributes;
  return {
    client_id: client.clientId,
    ...(isSecret ? { client_secret: secret, client_secret_expires_at: 0 } : {}),
    ...(client.name ? { client_name: client.name } : {}),
    ...(client.baseUrl ? { client_uri: client.baseUrl } : {}),
    redirect_uris: client.redirectUris,
    token_endpoint_auth_method: publicClient ? 'none' : METHOD_OF[client.clientAuthenticatorType],
    ...(algorithm ? { token_endpoint_auth_signing_alg: algorithm } : {}),
    grant_types: [
      ...(signsIn ? ['authorization_code', 'refresh_token'] : []),
      ...(client.serviceAccountsEnabled ? ['client_credentials'] : []),
      ...(attributes[DEVICE] === 'true' ? [DEVICE_GRANT] : []),
    ],
    response_types: signsIn ? ['code'] : [],
    scope: ['openid', ...client.defaultClientScopes, ...client.optionalClientScopes].join(' '),
    ...(jwks ? { jwks } : {}),
    ...(idTokens ? { id_token_signed_response_alg: idTokens } : {}),
    ...(attributes[PAR] === 'true' ? { require_pushed_authorization_requests: true } : {}),
    ...(after ? { post_logout_redirect_uris: after.split('##') } : {}),
  };
}

export const wrong = (description: string): OAuthError =>
  new OAuthError(400, 'invalid_client_metadata', description);
