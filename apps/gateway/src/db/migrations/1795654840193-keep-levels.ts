import type { MigrationInterface, QueryRunner } from 'typeorm';

export class KeepLevels1795654840193 implements MigrationInterface {
  async up(db: QueryRunner): Promise<void> {
    await db.query(`alter table session add column levels jsonb not null default '{}'`);
    await db.query(`alter table refresh_token add column acr text`);
  }

  async down(db: QueryRunner): Promise<void> {
    await db.query(`alter table refresh_token drop column acr`);
    await db.query(`alter table session drop column levels`);
  }
}
