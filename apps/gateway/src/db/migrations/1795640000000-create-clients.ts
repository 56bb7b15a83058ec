import type { MigrationInterface, QueryRunner } from 'typeorm';

export class CreateClients1795640000000 implements MigrationInterface {
  async up(db: QueryRunner): Promise<void> {
    await db.query(`
      create table client (
        id uuid primary key,
        realm_id uuid not null,
        client_id text not null,
        settings jsonb not null,
        secret bytea,
        sealed_with text,
        service_account_id uuid,
        created_at timestamptz not null
      )`);
    await db.query(`create unique index client_name on client (realm_id, client_id)`);
    await db.query(`create table realm_with_clients (realm_id uuid primary key)`);
  }

  async down(db: QueryRunner): Promise<void> {
    await db.query(`drop table realm_with_clients`);
    await db.query(`drop table client`);
  }
}
