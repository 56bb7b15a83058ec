import type { MigrationInterface, QueryRunner } from 'typeorm';

export class AddMailAndLinks1795644000000 implements MigrationInterface {
  async up(db: QueryRunner): Promise<void> {
    await db.query(`
      create table action_link (
        id uuid primary key,
        realm_id uuid not null,
        user_id uuid not null,
        kind text not null,
        hash text,
        data jsonb not null,
        created_at timestamptz not null,
        expires_at timestamptz not null,
        used_at timestamptz
      )`);
    await db.query(`create unique index action_link_hash on action_link (hash) where hash is not null`);
    await db.query(`create index action_link_of_user on action_link (realm_id, user_id, kind, created_at)`);
    await db.query(`create index action_link_expiry on action_link (expires_at)`);

    await db.query(`
      create table mail (
        id uuid primary key,
        realm_id uuid not null,
        recipient text,
        letter text not null,
        values jsonb not null,
        link_id uuid not null,
        attempts integer not null,
        due_at timestamptz not null
      )`);
    await db.query(`create index mail_due on mail (due_at)`);
    await db.query(`create index mail_realm on mail (realm_id)`);
  }

  async down(db: QueryRunner): Promise<void> {
    for (const table of ['mail', 'action_link']) await db.query(`drop table ${table}`);
  }
}
