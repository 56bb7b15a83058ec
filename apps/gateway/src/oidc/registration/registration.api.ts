import type { OAuthTold } from '../oauth-errors.filter.js';
import type { ClientMetadata } from './registered-metadata.js';

interface Unknown {
  401: OAuthTold;
}

interface Refused extends Unknown {
  400: OAuthTold;
}

export interface RegistrationApi {
  'POST /realms/{realm}/clients-registrations/openid-connect': Refused & { body: ClientMetadata };
  'GET /realms/{realm}/clients-registrations/openid-connect/{clientId}': Unknown;
  'PUT /realms/{realm}/clients-registrations/openid-connect/{clientId}': Refused & { body: ClientMetadata };
  'DELETE /realms/{realm}/clients-registrations/openid-connect/{clientId}': Unknown;
}
