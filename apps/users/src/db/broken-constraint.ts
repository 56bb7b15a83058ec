import { QueryFailedError } from 'typeorm';

const UNIQUE_VIOLATION = '23505';
const FOREIGN_KEY_VIOLATION = '23503';

/** The name of the unique or foreign-key constraint that refused a statement, if one did. */
function brokenConstraint(error: unknown): string | undefined {
  if (!(error instanceof QueryFailedError)) return undefined;
  const { code, constraint } = error.driverError as { code?: string; constraint?: string };
  return code === UNIQUE_VIOLATION || code === FOREIGN_KEY_VIOLATION ? constraint : undefined;
}

/** To `catch` with: throws what the table says for the constraint that was broken, else the error itself. */
export function explaining(reasons: Record<string, () => Error>): (error: unknown) => never {
  return (error) => {
    throw reasons[brokenConstraint(error) ?? '']?.() ?? error;
  };
}
