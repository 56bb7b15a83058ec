import type { MigrationInterface, QueryRunner } from 'typeorm';

export class TellOfEndedSessions1795646000000 implements MigrationInterface {
  async up(db: QueryRunner): Promise<void> {
    await db.query(`alter table session add column end_told boolean not null default false`);
    await db.query(`update session set end_told = true where ended_at is not null`);
    await db.query(
      `create index session_end_untold on session (id) where ended_at is not null and not end_told`,
    );
  }

  async down(db: QueryRunner): Promise<void> {
    await db.query(`alter table session drop column end_told`);
  }
}
