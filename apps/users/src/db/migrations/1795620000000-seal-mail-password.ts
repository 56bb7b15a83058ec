import type { MigrationInterface, QueryRunner } from 'typeorm';

export class SealMailPassword1795620000000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query('alter table realm add mail_password_key text, add mail_password bytea');
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('alter table realm drop mail_password_key, drop mail_password');
  }
}
