import { AppError } from '@tumbler/errors';
import { errors } from 'oidc-provider';
import { OAuthError } from '../oauth-error.js';

/** Puts our refusals into the provider's words; every other error stays what it is. */
export async function inItsWords<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof OAuthError) throw refusal(error.status, error.error, error.description);
    if (error instanceof AppError && error.code === 'service_unavailable') {
      throw refusal(503, 'temporarily_unavailable', 'A part of the server does not answer; try again.');
    }
    if (error instanceof AppError && error.code === 'invalid_request') {
      throw refusal(400, 'invalid_request', error.details.message);
    }
    throw error;
  }
}

function refusal(status: number, error: string, description?: string): errors.CustomOIDCProviderError {
  const refused = new errors.CustomOIDCProviderError(error, description);
  return Object.assign(refused, { status, statusCode: status, expose: true });
}
