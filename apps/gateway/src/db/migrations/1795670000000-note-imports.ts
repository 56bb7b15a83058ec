import type { MigrationInterface, QueryRunner } from 'typeorm';

export class NoteImports1795670000000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      create table import_under_way (
        arrival_id uuid primary key,
        realm_id uuid not null,
        user_ids uuid[],
        begun_at timestamptz not null
      )`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('drop table import_under_way');
  }
}
