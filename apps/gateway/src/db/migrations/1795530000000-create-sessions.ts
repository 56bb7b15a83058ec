import type { MigrationInterface, QueryRunner } from 'typeorm';

export class CreateSessions1795530000000 implements MigrationInterface {
  async up(db: QueryRunner): Promise<void> {
    await db.query(`
      create table outbox (
        seq bigint generated always as identity primary key,
        event jsonb not null,
        published_at timestamptz
      )`);
    await db.query(`create index outbox_unpublished on outbox (seq) where published_at is null`);

    await db.query(`
      create table session (
        id uuid primary key,
        realm_id uuid not null,
        user_id uuid not null,
        token_hash bytea,
        client_id text not null,
        auth_time timestamptz not null,
        amr text[] not null,
        remember_me boolean not null,
        address text,
        user_agent text,
        created_at timestamptz not null,
        last_seen_at timestamptz not null,
        expires_at timestamptz not null,
        ended_at timestamptz
      )`);
    await db.query(`create unique index session_token_hash on session (token_hash)`);
    await db.query(`create index session_of_user on session (realm_id, user_id)`);
    await db.query(`create index session_expiry on session (expires_at)`);
  }

  async down(db: QueryRunner): Promise<void> {
    await db.query(`drop table session`);
    await db.query(`drop table outbox`);
  }
}
