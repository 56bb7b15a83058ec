// The endpoints of OpenID Connect as the standards describe them: what answers there is a library without types for it.
import type { Page, Redirect } from '../http/described.js';
import type { JsonStep } from '../login/json-answers.js';
import type { LoginAnswer, LoginAnswers } from '../login/login.api.js';
import type { TokenResponse } from './grants/grant.js';
import type { OAuthTold } from './oauth-errors.filter.js';
import type { LogoutRequest } from './requested-logouts.js';

/** OpenID Connect Core §3.1.2.1, RFC 7636, RFC 9126. */
interface AuthorizationRequest {
  client_id: string;
  response_type?: 'code';
  redirect_uri?: string;
  /** Names, with spaces between them; with `openid` among them there is an id token. */
  scope?: string;
  /** Comes back as it was sent. */
  state?: string;
  /** Is in the id token as it was sent. */
  nonce?: string;
  response_mode?: 'query' | 'fragment' | 'form_post';
  code_challenge?: string;
  code_challenge_method?: 'S256';
  prompt?: string;
  /** Seconds since the last sign-in after which the user signs in again. */
  max_age?: string;
  login_hint?: string;
  acr_values?: string;
  claims?: string;
  id_token_hint?: string;
  ui_locales?: string;
  /** What was pushed to `ext/par/request` before. */
  request_uri?: string;
  request?: string;
  /** A required action to be done now. */
  kc_action?: string;
  kc_locale?: string;
}

/** RFC 6749 §2.3: by a header (`client_secret_basic`), or here. */
interface ClientProof {
  client_id?: string;
  client_secret?: string;
  client_assertion_type?: 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer';
  client_assertion?: string;
}

interface TokenRequest extends ClientProof {
  grant_type:
    | 'authorization_code'
    | 'refresh_token'
    | 'password'
    | 'client_credentials'
    | 'urn:ietf:params:oauth:grant-type:device_code';
  /** For `device_code`. */
  device_code?: string;
  /** For `authorization_code`. */
  code?: string;
  redirect_uri?: string;
  code_verifier?: string;
  /** For `refresh_token`. */
  refresh_token?: string;
  /** For these two: what an adapter of Keycloak's calls its own session of the user, to hear it again in `k_logout`. */
  client_session_state?: string;
  /** For `password`. */
  username?: string;
  password?: string;
  /** A one-time password, where the flow asks for one. */
  totp?: string;
  scope?: string;
}

/** What a client gets that acts for nobody else. */
interface ClientTokenResponse {
  access_token: string;
  expires_in: number;
  token_type: 'Bearer';
  scope: string;
  refresh_expires_in?: number;
  'not-before-policy'?: number;
}

interface ClientNode extends ClientProof {
  /** A host name or an address, and nothing else. */
  client_cluster_host: string;
}

interface OfToken extends ClientProof {
  token: string;
  token_type_hint?: 'access_token' | 'refresh_token';
}

/** RFC 7662 §2.2; of a token that is worth nothing, no more than that. */
interface Introspection {
  active: boolean;
  scope?: string;
  client_id?: string;
  username?: string;
  token_type?: string;
  exp?: number;
  iat?: number;
  sub?: string;
  iss?: string;
  jti?: string;
  [claim: string]: unknown;
}

/** OpenID Connect Discovery §3. */
interface Metadata {
  issuer: string;
  authorization_endpoint: string;
  token_endpoint: string;
  jwks_uri: string;
  [name: string]: unknown;
}

/** OpenID Connect Core §5.1: the claims that the scope of the token stands for. */
interface UserInfo {
  sub: string;
  [claim: string]: unknown;
}

interface Discovery {
  200: Metadata;
}

/** RFC 9207: who refuses comes along. */
interface AuthorizationRefused extends OAuthTold {
  state?: string;
  iss?: string;
}

/** Where the user is led back to, with a code or an error. */
interface Authorization {
  /** A page to sign in on; as JSON for clients that ask for it. */
  200: LoginAnswer | Page;
  303: Redirect;
  /** The request cannot be answered to its sender: an address that is not registered gets no redirect. */
  400: AuthorizationRefused | Page;
  401: AuthorizationRefused | Page;
  403: AuthorizationRefused | Page;
}

/** RFC 8628 §3.2 */
interface DeviceAuthorization {
  device_code: string;
  user_code: string;
  verification_uri: string;
  verification_uri_complete: string;
  /** Seconds, as the next. */
  expires_in: number;
  /** Between two questions of the device. */
  interval: number;
}

interface Logout {
  /** Signed out, or asked whether to. */
  200: { redirectUri: string } | Page;
  303: Redirect;
  400: OAuthTold | Page;
}

interface Preflight {
  204: void;
}

/** What every endpoint that clients prove themselves at can say. */
interface Refused {
  400: OAuthTold;
  401: OAuthTold;
}

interface Bearer {
  200: UserInfo;
  /** There is more than one token. */
  400: OAuthTold;
  401: OAuthTold;
  /** The token has no scope `openid`. */
  403: OAuthTold;
}

export interface OidcApi {
  'GET /realms/{realm}/.well-known/openid-configuration': Discovery;
  'GET /realms/{realm}/.well-known/oauth-authorization-server': Discovery;
  /** RFC 8414 §3.1 */
  'GET /.well-known/oauth-authorization-server/realms/{realm}': Discovery;
  'OPTIONS /realms/{realm}/.well-known/openid-configuration': Preflight;
  'OPTIONS /realms/{realm}/.well-known/oauth-authorization-server': Preflight;
  'OPTIONS /.well-known/oauth-authorization-server/realms/{realm}': Preflight;

  'OPTIONS /realms/{realm}/protocol/openid-connect/auth': Preflight;
  'GET /realms/{realm}/protocol/openid-connect/auth': Authorization & { query: AuthorizationRequest };
  'POST /realms/{realm}/protocol/openid-connect/auth': Authorization & { form: AuthorizationRequest };
  'OPTIONS /realms/{realm}/protocol/openid-connect/registrations': Preflight;
  /** Keycloak's address of the same for those who want to register. */
  'GET /realms/{realm}/protocol/openid-connect/registrations': Authorization & {
    query: AuthorizationRequest;
  };
  'POST /realms/{realm}/protocol/openid-connect/registrations': Authorization & {
    form: AuthorizationRequest;
  };

  'POST /realms/{realm}/protocol/openid-connect/ext/par/request': Refused & {
    form: AuthorizationRequest & ClientProof;
    201: { request_uri: string; expires_in: number };
  };
  'OPTIONS /realms/{realm}/protocol/openid-connect/ext/par/request': Preflight;

  'POST /realms/{realm}/protocol/openid-connect/token': Refused & {
    form: TokenRequest;
    200: TokenResponse | ClientTokenResponse;
  };
  'OPTIONS /realms/{realm}/protocol/openid-connect/token': Preflight;
  'POST /realms/{realm}/protocol/openid-connect/token/introspect': Refused & {
    form: OfToken;
    200: Introspection;
  };
  'OPTIONS /realms/{realm}/protocol/openid-connect/token/introspect': Preflight;
  'POST /realms/{realm}/protocol/openid-connect/revoke': Refused & { form: OfToken; 200: void };
  'OPTIONS /realms/{realm}/protocol/openid-connect/revoke': Preflight;

  'GET /realms/{realm}/protocol/openid-connect/userinfo': Bearer;
  /** With the token in the header or, RFC 6750 §2.2, in the form. */
  'POST /realms/{realm}/protocol/openid-connect/userinfo': Bearer & { form: { access_token?: string } };
  'OPTIONS /realms/{realm}/protocol/openid-connect/userinfo': Preflight;
  'OPTIONS /realms/{realm}/protocol/openid-connect/certs': Preflight;

  'GET /realms/{realm}/protocol/openid-connect/logout': Logout & { query: LogoutRequest };
  /** With a refresh token no browser is needed: its session ends, and 204 says so. */
  'POST /realms/{realm}/protocol/openid-connect/logout': Logout & {
    form: LogoutRequest & ClientProof & { refresh_token?: string };
    204: void;
    401: OAuthTold;
  };

  /** Keycloak's: a machine of a client that proves itself is told, at its `adminUrl`, what the client is told. */
  'POST /realms/{realm}/clients-managements/register-node': Refused & { form: ClientNode; 204: void };
  'POST /realms/{realm}/clients-managements/unregister-node': Refused & { form: ClientNode; 204: void };

  /** RFC 8628 §3.1, for clients with `oauth2.device.authorization.grant.enabled`. */
  'POST /realms/{realm}/protocol/openid-connect/auth/device': Refused & {
    form: ClientProof & { scope?: string };
    200: DeviceAuthorization;
  };
  'GET /realms/{realm}/device': { query: { user_code?: string }; 200: JsonStep | Page };
  /** Leads through a login to the question whether the device may act for its user. */
  'POST /realms/{realm}/device': LoginAnswers & {
    body: { device_user_code: string };
    form: { device_user_code: string };
    /** Too many codes were tried. */
    429: JsonStep | Page;
  };
  'OPTIONS /realms/{realm}/protocol/openid-connect/auth/device': Preflight;
}
