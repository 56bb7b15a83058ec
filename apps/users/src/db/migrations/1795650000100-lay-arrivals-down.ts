import type { MigrationInterface, QueryRunner } from 'typeorm';

export class LayArrivalsDown1795650000100 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      create table arrival_part (
        arrival_id uuid not null,
        nth integer not null,
        content jsonb not null,
        laid_down_at timestamptz not null,
        primary key (arrival_id, nth)
      )`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('drop table arrival_part');
  }
}
