import { SIGNING_ALGORITHMS } from '@tumbler/contract-users';
import { offered } from '../../texts/languages.js';
import { acrValuesOf } from '../acr.js';
import { REGISTRATION } from '../registration/registered-metadata.js';
import { exchange } from './exchange.js';
import { DISGUISED } from './offline-scope.js';
import { isOwn } from './own-grants.js';

/** OpenID Connect Discovery §3, as far as it is read here. */
export interface Discovery {
  issuer: string;
  scopes_supported: string[];
  grant_types_supported: string[];
  token_endpoint_auth_methods_supported: string[];
  token_endpoint_auth_signing_alg_values_supported: string[];
}

const PROMPTS = ['none', 'login', 'consent', 'select_account'];

/** Says what the provider does not know of itself. */
export function completeDiscovery(document: Discovery): void {
  document.grant_types_supported = document.grant_types_supported.filter((name) => !isOwn(name));
  document.scopes_supported = document.scopes_supported.filter((name) => name !== DISGUISED);
  const { realm } = exchange();
  const {
    token_endpoint_auth_methods_supported: methods,
    token_endpoint_auth_signing_alg_values_supported: algorithms,
  } = document;
  const languages = offered(realm);
  Object.assign(document, {
    acr_values_supported: acrValuesOf(realm),
    prompt_values_supported: [...PROMPTS, ...(realm.registrationAllowed ? ['create'] : [])],
    ...(languages.length > 0 ? { ui_locales_supported: languages } : {}),
    revocation_endpoint_auth_methods_supported: methods,
    revocation_endpoint_auth_signing_alg_values_supported: algorithms,
    introspection_endpoint_auth_methods_supported: methods.filter((name) => name !== 'none'),
    introspection_endpoint_auth_signing_alg_values_supported: algorithms,
    id_token_signing_alg_values_supported: SIGNING_ALGORITHMS,
    registration_endpoint: `${document.issuer}/${REGISTRATION}`,
    backchannel_logout_supported: true,
    backchannel_logout_session_supported: true,
  });
}
