import type { MigrationInterface, QueryRunner } from 'typeorm';

export class CreateOidcArtifacts1795641000000 implements MigrationInterface {
  async up(db: QueryRunner): Promise<void> {
    await db.query(`
      create table oidc_artifact (
        id bytea primary key,
        realm_id uuid not null,
        payload jsonb not null,
        user_code bytea,
        consumed boolean not null,
        expires_at timestamptz not null
      )`);
    await db.query(`create unique index oidc_artifact_user_code on oidc_artifact (user_code)`);
    await db.query(`create index oidc_artifact_expiry on oidc_artifact (expires_at)`);
  }

  async down(db: QueryRunner): Promise<void> {
    await db.query(`drop table oidc_artifact`);
  }
}
