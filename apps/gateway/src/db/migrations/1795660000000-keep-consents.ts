import type { MigrationInterface, QueryRunner } from 'typeorm';

export class KeepConsents1795660000000 implements MigrationInterface {
  async up(db: QueryRunner): Promise<void> {
    await db.query(`
      create table consent (
        user_id uuid not null,
        client uuid not null,
        realm_id uuid not null,
        scopes text[] not null,
        created_at timestamptz not null,
        updated_at timestamptz not null,
        primary key (user_id, client)
      )`);
    await db.query(`create index consent_to_client on consent (client)`);
    await db.query(`create index consent_of_realm on consent (realm_id)`);
  }

  async down(db: QueryRunner): Promise<void> {
    await db.query(`drop table consent`);
  }
}
