import type { MigrationInterface, QueryRunner } from 'typeorm';

/** With an index by realm beside it, a plan that was made while the table was empty found a login among all of its realm. */
export class FindLoginsByIdAlone1795680000000 implements MigrationInterface {
  async up(db: QueryRunner): Promise<void> {
    await db.query('drop index login_realm');
  }

  async down(db: QueryRunner): Promise<void> {
    await db.query('create index login_realm on login (realm_id)');
  }
}
