import { errors, type KoaContextWithOIDC, type Provider, type ResponseType } from 'oidc-provider';
import { DEVICE_GRANT } from './client-metadata.js';

type ProviderClient = InstanceType<Provider['Client']>;

/**
 * A client that may not have its users sign in by a page (RFC 6749 §4.1.2.1), or may not use a grant (§5.2, of a device
 * code as well: RFC 8628 §3.1), is told `unauthorized_client`, in Keycloak's words. The provider says `invalid_request`.
 */
export function sayUnauthorized(provider: Provider): void {
  Object.assign(provider.Client.prototype, { responseTypeAllowed });
  provider.use(async (ctx, next) => {
    await next();
    sayOfGrant(ctx);
  });
}

/** Where this throws, the provider holds the redirect URI against those of the client before it sends the refusal there. */
function responseTypeAllowed(this: ProviderClient, type: ResponseType): boolean {
  if (this.standard_flow_enabled === false) {
    throw new errors.UnauthorizedClient(
      'Client is not allowed to initiate browser login with given response_type. Standard flow is disabled for the client.',
    );
  }
  return this.responseTypes?.includes(type) === true;
}

function sayOfGrant({ oidc, status, body }: Partial<KoaContextWithOIDC>): void {
  const { client, route, params } = oidc ?? {};
  const grant = route === 'device_authorization' ? DEVICE_GRANT : route === 'token' && params?.grant_type;
  const refused = (body ?? {}) as { error?: string; error_description?: string };
  if (!client || typeof grant !== 'string' || status !== 400 || refused.error !== 'invalid_request') return;
  if (client.grantTypeAllowed(grant)) return;
  const which = grant === DEVICE_GRANT ? 'OAuth 2.0 Device Authorization Grant' : grant;
  refused.error = 'unauthorized_client';
  refused.error_description = `Client is not allowed to initiate ${which}. The flow is disabled for the client.`;
}
