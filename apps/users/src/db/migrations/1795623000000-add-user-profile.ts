import type { MigrationInterface, QueryRunner } from 'typeorm';

export class AddUserProfile1795623000000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query('alter table realm add profile jsonb');
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('alter table realm drop profile');
  }
}
