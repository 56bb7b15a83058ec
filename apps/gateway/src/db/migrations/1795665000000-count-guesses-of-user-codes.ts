import type { MigrationInterface, QueryRunner } from 'typeorm';

export class CountGuessesOfUserCodes1795665000000 implements MigrationInterface {
  async up(db: QueryRunner): Promise<void> {
    await db.query(`
      create table user_code_guess (
        realm_id uuid not null,
        network inet not null,
        count int not null,
        began_at timestamptz not null,
        primary key (realm_id, network)
      )`);
  }

  async down(db: QueryRunner): Promise<void> {
    await db.query(`drop table user_code_guess`);
  }
}
