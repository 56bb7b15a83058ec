import type { MigrationInterface, QueryRunner } from 'typeorm';

/** With the realm first in the index, a plan that was made while the table was empty found a session among all of its realm. */
export class FindSessionsByIdAlone1795680000000 implements MigrationInterface {
  async up(db: QueryRunner): Promise<void> {
    await db.query('drop index session_of_user');
    await db.query('create index session_of_user on session (user_id)');
  }

  async down(db: QueryRunner): Promise<void> {
    await db.query('drop index session_of_user');
    await db.query('create index session_of_user on session (realm_id, user_id)');
  }
}
