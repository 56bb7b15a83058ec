import type { MigrationInterface, QueryRunner } from 'typeorm';

export class LetClientsRegister1795880000000 implements MigrationInterface {
  async up(db: QueryRunner): Promise<void> {
    await db.query(`
      create table initial_access (
        id uuid not null primary key,
        realm_id uuid not null,
        token bytea not null,
        count int not null,
        remaining int not null,
        created_at timestamptz not null,
        expires_at timestamptz
      )`);
    await db.query('create index initial_access_realm on initial_access (realm_id)');
    await db.query('alter table client add column registration_token bytea');
  }

  async down(db: QueryRunner): Promise<void> {
    await db.query('alter table client drop column registration_token');
    await db.query('drop table initial_access');
  }
}
