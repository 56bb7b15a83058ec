import type { MigrationInterface, QueryRunner } from 'typeorm';

export class CreateCredentials1795530100000 implements MigrationInterface {
  async up(db: QueryRunner): Promise<void> {
    await db.query(`
      create table outbox (
        seq bigint generated always as identity primary key,
        event jsonb not null,
        published_at timestamptz
      )`);
    await db.query(`create index outbox_unpublished on outbox (seq) where published_at is null`);

    await db.query(`
      create table credential (
        id uuid primary key,
        realm_id uuid not null,
        user_id uuid not null,
        type text not null,
        label text,
        priority integer not null,
        created_at timestamptz not null,
        data jsonb not null,
        key_id text not null,
        sealed bytea not null,
        last_step bigint,
        last_attempt text
      )`);
    await db.query(`create index credential_of_user on credential (realm_id, user_id)`);
    await db.query(`
      create unique index credential_password on credential (realm_id, user_id) where type = 'password'`);
    await db.query(`
      create unique index credential_label on credential (realm_id, user_id, type, label) where label is not null`);

    await db.query(`
      create table pending_otp (
        realm_id uuid not null,
        user_id uuid not null,
        login_id text not null,
        credential_id uuid not null,
        data jsonb not null,
        key_id text not null,
        sealed bytea not null,
        expires_at timestamptz not null,
        primary key (realm_id, user_id, login_id)
      )`);
    await db.query(`create index pending_otp_expiry on pending_otp (expires_at)`);

    await db.query(`
      create table password_history (
        id uuid primary key,
        realm_id uuid not null,
        user_id uuid not null,
        key_id text not null,
        sealed bytea not null,
        created_at timestamptz not null
      )`);
    await db.query(`
      create index password_history_of_user on password_history (realm_id, user_id, created_at)`);

    // Rows are updated at every login and nothing that changes is indexed: room is left for updates in place.
    await db.query(`
      create table failure_budget (
        realm_id uuid not null,
        user_id uuid not null,
        kind text not null,
        version bigint not null,
        failures integer not null,
        consecutive integer not null,
        lockouts integer not null,
        last_failure_at timestamptz,
        last_address text,
        locked_until timestamptz,
        locked_for_good boolean not null,
        primary key (realm_id, user_id, kind)
      ) with (fillfactor = 70)`);

    await db.query(`
      create table policy (
        realm_id uuid primary key,
        settings jsonb not null
      )`);
  }

  async down(db: QueryRunner): Promise<void> {
    for (const table of [
      'policy',
      'failure_budget',
      'password_history',
      'pending_otp',
      'credential',
      'outbox',
    ])
      await db.query(`drop table ${table}`);
  }
}
