import type { MigrationInterface, QueryRunner } from 'typeorm';

export class LetMailBeWithoutLink1795670100000 implements MigrationInterface {
  async up(db: QueryRunner): Promise<void> {
    await db.query('alter table mail alter column link_id drop not null');
  }

  async down(db: QueryRunner): Promise<void> {
    await db.query('delete from mail where link_id is null');
    await db.query('alter table mail alter column link_id set not null');
  }
}
