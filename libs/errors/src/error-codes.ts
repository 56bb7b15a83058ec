/**
 * Every reason for which the program cannot go on, with the HTTP status that tells it to a client.
 * What a *user* can do wrong (a wrong password) is an answer, not an error, and is not in this list.
 */
export const ERROR_STATUS = {
  invalid_request: 400,
  unauthorized: 401,
  forbidden: 403,
  not_found: 404,
  realm_not_found: 404,
  not_acceptable: 406,
  conflict: 409,
  payload_too_large: 413,
  internal: 500,
  service_unavailable: 503,
} as const;

/** Stable, lower_snake; texts are chosen at the edge. */
export type ErrorCode = keyof typeof ERROR_STATUS;
