import type { AppError, ErrorCode, ErrorDetails } from '@tumbler/errors';
import { UNREADABLE } from '../http/unreadable.js';

const SEE_LOG = 'For more on this error consult the server log.';

/** An error in words, or by a name that words go with. */
interface Told {
  error: string;
  error_description?: string;
  /** Values of the text. */
  params?: (string | number)[];
}

/** In conflict with what is there. */
interface ToldOfConflict {
  errorMessage: string;
  field?: string;
  params?: (string | number)[];
}

/** One field that is wrong, and the rule that it breaks. */
interface WrongField {
  field: string;
  errorMessage?: string;
  params?: (string | number)[];
}

/** Several fields that are wrong. */
interface WrongFields {
  errors: WrongField[];
}

/** What the admin API answers, by why it cannot do what it was asked (keycloak.md §5.4). */
export interface KeycloakErrors {
  invalid_request: Told | WrongField | WrongFields | ToldOfConflict;
  unauthorized: Told;
  forbidden: Told;
  not_found: Told;
  realm_not_found: Told;
  not_acceptable: Told;
  conflict: ToldOfConflict;
  payload_too_large: Told;
  internal: Told | ToldOfConflict;
  service_unavailable: Told;
}

/** How Keycloak's admin API tells an error, by kind. */
export function keycloakBody({ code, details }: AppError): KeycloakErrors[ErrorCode] {
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
    case 'not_acceptable':
      return { error: message ?? 'HTTP 406 Not Acceptable' };
    case 'conflict':
      return { errorMessage: message ?? 'Conflict detected. See logs for details', field, params };
    case 'invalid_request':
      if (message === UNREADABLE)
        return { error: 'invalid_request', error_description: 'Cannot parse the JSON' };
      if (asConflict) return { errorMessage: message ?? code };
      return field ? wrongFields(details) : { error: message ?? 'invalid_request', params };
    case 'payload_too_large':
      return { error: 'HTTP 413 Request Entity Too Large', error_description: message };
    case 'service_unavailable':
      return {
        error: 'service_unavailable',
        error_description: 'A part of the server does not answer; try again.',
      };
    case 'internal':
      // What an administrator can put right is said.
      if (asConflict) return { errorMessage: message ?? code };
      return { error: 'unknown_error', error_description: SEE_LOG };
  }
}

/** One rule for each field: of several that a value breaks, the last one is about its type. */
function wrongFields({ message, field = '', fields = [], params }: ErrorDetails): WrongField | WrongFields {
  const rules = new Map(fields.map((wrong) => [wrong.field, wrong.message]));
  if (rules.size <= 1) return { field, errorMessage: rules.get(field) ?? message, params };
  return { errors: [...rules].map(([each, errorMessage]) => ({ field: each, errorMessage })) };
}
