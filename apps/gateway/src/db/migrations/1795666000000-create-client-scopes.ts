import type { MigrationInterface, QueryRunner } from 'typeorm';

export class CreateClientScopes1795666000000 implements MigrationInterface {
  async up(db: QueryRunner): Promise<void> {
    await db.query(`
      create table client_scope (
        id uuid primary key,
        realm_id uuid not null,
        name text not null,
        settings jsonb not null,
        created_at timestamptz not null
      )`);
    await db.query('create unique index client_scope_name on client_scope (realm_id, name)');
  }

  async down(db: QueryRunner): Promise<void> {
    await db.query('drop table client_scope');
  }
}
