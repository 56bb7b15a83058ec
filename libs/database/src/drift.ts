import type { DataSource } from 'typeorm';

/** The SQL that would still be needed to make the migrated database fit the entities. A test expects none. */
export async function drift(db: DataSource): Promise<string[]> {
  const { upQueries } = await db.driver.createSchemaBuilder().log();
  return upQueries.map(({ query }) => query);
}
