import type { MigrationInterface, QueryRunner } from 'typeorm';

export class QueueLogoutNotices1795652000000 implements MigrationInterface {
  async up(db: QueryRunner): Promise<void> {
    await db.query(`
      create table logout_notice (
        session_id uuid not null,
        client_id text not null,
        realm_id uuid not null,
        user_id uuid not null,
        attempts int not null,
        due_at timestamptz not null,
        primary key (session_id, client_id)
      )`);
    await db.query(`create index logout_notice_due on logout_notice (due_at)`);
  }

  async down(db: QueryRunner): Promise<void> {
    await db.query(`drop table logout_notice`);
  }
}
