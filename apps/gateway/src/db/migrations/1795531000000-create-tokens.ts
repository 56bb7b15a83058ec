import type { MigrationInterface, QueryRunner } from 'typeorm';

export class CreateTokens1795531000000 implements MigrationInterface {
  async up(db: QueryRunner): Promise<void> {
    await db.query(`
      create table signing_key (
        kid text primary key,
        realm_id uuid not null,
        algorithm text not null,
        public_jwk jsonb not null,
        private_key bytea not null,
        sealed_with text not null,
        active boolean not null,
        created_at timestamptz not null
      )`);
    await db.query(`create index signing_key_of_realm on signing_key (realm_id)`);
    await db.query(`create unique index signing_key_active on signing_key (realm_id) where active`);

    await db.query(`
      create table refresh_token (
        hash bytea primary key,
        realm_id uuid not null,
        session_id uuid not null constraint refresh_token_session references session (id) on delete cascade,
        client_id text not null,
        scope text not null,
        created_at timestamptz not null,
        expires_at timestamptz not null,
        used_at timestamptz
      )`);
    await db.query(`create index refresh_token_of_session on refresh_token (session_id)`);
  }

  async down(db: QueryRunner): Promise<void> {
    await db.query(`drop table refresh_token`);
    await db.query(`drop table signing_key`);
  }
}
