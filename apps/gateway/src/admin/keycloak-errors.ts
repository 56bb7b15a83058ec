import type { AppError, ErrorDetails } from '@tumbler/errors';
import { UNREADABLE } from '../http/unreadable.js';

const SEE_LOG = 'For more on this error consult the server log.';

/** How Keycloak's admin API tells an error, by kind (keycloak.md §5.4). */
export function keycloakBody({ code, details }: AppError): object {
  const { message, field, params, asConflict } = details;
  switch (code) {
    case 'unauthorized':
      return { error: 'HTTP 401 Unauthorized' };
    case 'forbidden':
      return { error: message ?? 'HTTP 403 Forbidden' };
    case 'not_found':
      return { error: message ?? 'HTTP 404 Not Found' };
    case 'realm_not_found':
      return { error: 'Realm not found.' };
    case 'conflict':
      return { errorMessage: message ?? 'Conflict detected. See logs for details', field, params };
    case 'invalid_request':
      if (message === UNREADABLE)
        return { error: 'invalid_request', error_description: 'Cannot parse the JSON' };
      if (asConflict) return { errorMessage: message };
      return field ? wrongFields(details) : { error: message ?? 'invalid_request', params };
    case 'payload_too_large':
      return { error: 'HTTP 413 Request Entity Too Large' };
    case 'service_unavailable':
      return {
        error: 'service_unavailable',
        error_description: 'A part of the server does not answer; try again.',
      };
    case 'internal':
      return { error: 'unknown_error', error_description: SEE_LOG };
  }
}

/** One rule for each field: of several that a value breaks, the last one is about its type. */
function wrongFields({ message, field, fields = [], params }: ErrorDetails): object {
  const rules = new Map(fields.map((wrong) => [wrong.field, wrong.message]));
  if (rules.size <= 1) return { field, errorMessage: rules.get(field!) ?? message, params };
  return { errors: [...rules].map(([each, errorMessage]) => ({ field: each, errorMessage })) };
}
