import { QueryFailedError } from 'typeorm';

const UNIQUE_VIOLATION = '23505';

/** Did a row with the same unique values stand in the way? */
export function isUniqueViolation(error: unknown): boolean {
  if (!(error instanceof QueryFailedError)) return false;
  const cause: unknown = error.driverError;
  return cause instanceof Error && 'code' in cause && cause.code === UNIQUE_VIOLATION;
}
