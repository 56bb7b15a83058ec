import type { AdapterPayload } from 'oidc-provider';
import { ASSERTION_ALGORITHM, keysOf } from '../clients/client-keys.js';
import type { Client } from '../clients/client-settings.js';
import { OWN_GRANTS } from './own-grants.js';

export const DEVICE_GRANT = 'urn:ietf:params:oauth:grant-type:device_code';

const METHODS = {
  'client-secret': 'client_secret_basic',
  'client-jwt': 'private_key_jwt',
  'client-secret-jwt': 'client_secret_jwt',
} as const;

/** What the provider's configuration knows of a client besides the standard. */
export const EXTRA_METADATA = ['web_origins', 'pkce_required', 'standard_flow_enabled'];

/** A client in the words of RFC 7591. Undefined for one that may do nothing here. */
export function metadataOf(client: Client, secret: string | undefined): AdapterPayload | undefined {
  if (!client.enabled || client.bearerOnly) return undefined;
  const { attributes, publicClient } = client;
  const redirectUris = redirectUrisOf(client);
  const algorithm = attributes[ASSERTION_ALGORITHM] as AdapterPayload['token_endpoint_auth_signing_alg'];
  const signsIn = client.standardFlowEnabled && redirectUris.length > 0;
  return {
    client_id: client.clientId,
    ...(client.name ? { client_name: client.name } : {}),
    ...(publicClient ? {} : { client_secret: secret }),
    token_endpoint_auth_method: publicClient ? 'none' : METHODS[client.clientAuthenticatorType],
    ...(client.clientAuthenticatorType === 'client-jwt' ? keysOf(attributes) : {}),
    ...(algorithm && !publicClient && client.clientAuthenticatorType !== 'client-secret'
      ? { token_endpoint_auth_signing_alg: algorithm }
      : {}),
    application_type: redirectUris.some(isOfNativeApp) ? 'native' : 'web',
    redirect_uris: redirectUris,
    response_types: signsIn ? ['code'] : [],
    grant_types: [
      ...(signsIn ? ['authorization_code'] : []),
      ...['refresh_token', 'password', 'client_credentials', ...Object.values(OWN_GRANTS)],
      ...(attributes['oauth2.device.authorization.grant.enabled'] === 'true' ? [DEVICE_GRANT] : []),
    ],
    require_pushed_authorization_requests: attributes['require.pushed.authorization.requests'] === 'true',
    web_origins: webOriginsOf(client),
    standard_flow_enabled: client.standardFlowEnabled,
    pkce_required: publicClient || attributes['pkce.code.challenge.method'] === 'S256',
  };
}

/** The addresses that a redirect may go to; paths are below the root of the client. */
export const redirectUrisOf = (client: Client): string[] =>
  client.redirectUris.flatMap((uri) => absolute(client, uri));

/** Attribute `post.logout.redirect.uris`, of which `+` stands for the redirect URIs (O-06). */
export function postLogoutUrisOf(client: Client): string[] {
  const uris = (client.attributes['post.logout.redirect.uris'] ?? '')
    .split('##')
    .filter((uri) => uri && uri !== '-');
  return uris.flatMap((uri) => (uri === '+' ? redirectUrisOf(client) : absolute(client, uri)));
}

/** Origins whose scripts may ask on behalf of this client; `+` stands for those of its redirect URIs. */
export function webOriginsOf(client: Client): string[] {
  const origins = client.webOrigins.flatMap((origin) =>
    origin === '+' ? redirectUrisOf(client).map((uri) => new URL(uri).origin) : [origin],
  );
  return [...new Set(origins)].filter((origin) => origin !== 'null');
}

/** An address of a client that may be a path below its root; none where it has no root. */
export function absolute({ rootUrl = '' }: Client, uri: string): string[] {
  if (!uri.startsWith('/')) return [uri];
  return /^https?:/.test(rootUrl) ? [`${rootUrl.replace(/\/$/, '')}${uri}`] : [];
}

/** RFC 8252 §7: a scheme of its own, or this machine at whatever port is free. */
const isOfNativeApp = (uri: string): boolean =>
  !/^https?:/.test(uri) || /^http:\/\/(127\.0\.0\.1|\[::1\])[:/]/.test(uri);
