/** A condition in SQL, and what its placeholders stand for. */
export interface Condition {
  sql: string;
  params: unknown[];
}
