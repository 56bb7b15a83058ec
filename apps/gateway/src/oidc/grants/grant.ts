import type { Visitor } from '@tumbler/contract-flows';
import type { Realm } from '@tumbler/contract-users';
import type { Client } from '../clients/client-settings.js';
import type { TokenRequest } from '../token-request.js';

export interface GrantRequest {
  realm: Realm;
  client: Client;
  visitor: Visitor;
  form: TokenRequest;
}

/** What the token endpoint answers: these names and no others (keycloak.md §8.2). */
export interface TokenResponse {
  access_token: string;
  /** Seconds. */
  expires_in: number;
  refresh_expires_in: number;
  refresh_token: string;
  token_type: 'Bearer';
  id_token?: string;
  'not-before-policy': number;
  session_state: string;
  scope: string;
}

/** One way to come by tokens. Throws `OAuthError` where it refuses. */
export interface Grant {
  answer(request: GrantRequest): Promise<TokenResponse>;
}
