import type { DataSource } from 'typeorm';

/** Removes the flows of a realm, and what it uses them for. Safe to repeat. */
export async function forgetFlows(db: DataSource, realmId: string): Promise<void> {
  await db.transaction(async (tx) => {
    for (const table of ['realm_flows', 'authenticator_config', 'flow']) {
      await tx.query(`delete from ${table} where realm_id = $1`, [realmId]);
    }
  });
}
