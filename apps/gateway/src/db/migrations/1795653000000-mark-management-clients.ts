import type { MigrationInterface, QueryRunner } from 'typeorm';

export class MarkManagementClients1795653000000 implements MigrationInterface {
  async up(db: QueryRunner): Promise<void> {
    await db.query('alter table client add manages uuid');
    await db.query('create index client_managed_realm on client (manages)');
    // Those that manage a realm come back with the ids by which users knows them, at its first use. A built-in client
    // that was removed comes back with them, this once.
    await db.query(`delete from client where client_id in ('realm-management', 'master-realm')`);
    await db.query('delete from realm_with_clients');
  }

  async down(db: QueryRunner): Promise<void> {
    await db.query('delete from client where manages is not null and manages <> realm_id');
    await db.query('alter table client drop manages');
  }
}
