/** A refusal by the rules of OAuth (RFC 6749 §5.2): which one, and what a developer reads. */
export class OAuthError extends Error {
  constructor(
    readonly status: 400 | 401 | 403,
    readonly error: string,
    readonly description?: string,
  ) {
    super(description ?? error);
    this.name = 'OAuthError';
  }
}

export const invalidGrant = (description: string, status: 400 | 401 = 400) =>
  new OAuthError(status, 'invalid_grant', description);

export const missingParameter = (name: string) =>
  new OAuthError(400, 'invalid_request', `Missing parameter: ${name}`);
