import type { MigrationInterface, QueryRunner } from 'typeorm';

export class ExplainEvents1795671046609 implements MigrationInterface {
  async up(db: QueryRunner): Promise<void> {
    await db.query(`alter table user_event add column trace jsonb`);
  }

  async down(db: QueryRunner): Promise<void> {
    await db.query(`alter table user_event drop column trace`);
  }
}
