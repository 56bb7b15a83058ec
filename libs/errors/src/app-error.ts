import { ERROR_STATUS, type ErrorCode } from './error-codes.js';

/** What a client may be told about an error. Never a password, a code, a secret or a token. */
export interface ErrorDetails {
  /** The text that the Keycloak-compatible API answers with, word for word. */
  message?: string;
  /** The field of the request that is wrong. */
  field?: string;
  /** Every field that is wrong, with the rule each one breaks. */
  fields?: { field: string; message: string; params?: (string | number)[] }[];
  /** Keycloak tells a few other errors as it tells conflicts: `errorMessage` in place of `error`. */
  asConflict?: boolean;
  /** Values for the text of the error. */
  params?: (string | number)[];
}

/** The only error that services throw at each other; it arrives on the other side of the bus as what it was. */
export class AppError extends Error {
  constructor(
    readonly code: ErrorCode,
    readonly details: ErrorDetails = {},
    options?: ErrorOptions,
  ) {
    super(details.message ?? code, options);
    this.name = 'AppError';
  }

  get status(): number {
    return ERROR_STATUS[this.code];
  }

  toWire(): WireError {
    return { code: this.code, details: this.details };
  }

  static fromWire(wire: WireError): AppError {
    return new AppError(wire.code, wire.details);
  }

  /** True for what came over the wire from a peer of ours, and for nothing else. */
  static isWire(value: unknown): value is WireError {
    return (
      typeof value === 'object' &&
      value !== null &&
      'code' in value &&
      typeof value.code === 'string' &&
      value.code in ERROR_STATUS
    );
  }
}

export interface WireError {
  code: ErrorCode;
  details: ErrorDetails;
}

export const notFound = (message: string) => new AppError('not_found', { message });
export const conflict = (message: string, field?: string) => new AppError('conflict', { message, field });
export const invalid = (message: string, field?: string) =>
  new AppError('invalid_request', { message, field });
