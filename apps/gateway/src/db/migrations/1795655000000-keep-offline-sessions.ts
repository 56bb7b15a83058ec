import type { MigrationInterface, QueryRunner } from 'typeorm';

export class KeepOfflineSessions1795655000000 implements MigrationInterface {
  async up(db: QueryRunner): Promise<void> {
    await db.query(`alter table session add column offline_of uuid`);
    await db.query(
      `create index session_offline on session (realm_id, client_id) where offline_of is not null and ended_at is null`,
    );
  }

  async down(db: QueryRunner): Promise<void> {
    await db.query(`delete from session where offline_of is not null`);
    await db.query(`alter table session drop column offline_of`);
  }
}
