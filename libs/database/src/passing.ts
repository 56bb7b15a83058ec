/**
 * Stands in the `returning` of a statement that is a transaction by itself, and lets its commit answer before it is on the
 * disk (Postgres' `synchronous_commit`). Where the database server dies, what the last instants have written is gone, whole
 * statements at a time and the last ones first; whatever waits for the disk after it takes it along. So it is for what
 * somebody is on their way with and can begin again, and never for what spends, tells or ends something by itself.
 * (docs/decisions/0031)
 */
export const PASSING = `set_config('synchronous_commit', 'off', true)`;
