import { QueryFailedError } from 'typeorm';

const UNIQUE_VIOLATION = '23505';

/** Did a row with the same unique values stand in the way? */
export const isUniqueViolation = (error: unknown): boolean =>
  error instanceof QueryFailedError &&
  'code' in error.driverError &&
  error.driverError.code === UNIQUE_VIOLATION;
