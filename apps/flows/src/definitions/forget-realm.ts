import type { DataSource } from 'typeorm';

/** Removes the flows of a realm, what it uses them for, and the links and mails that are on their way. Safe to repeat. */
export async function forgetFlows(db: DataSource, realmId: string): Promise<void> {
  await db.transaction(async (tx) => {
    for (const table of ['realm_flows', 'authenticator_config', 'flow', 'mail', 'action_link']) {
      await tx.query(`delete from ${table} where realm_id = $1`, [realmId]);
    }
  });
}
