import type { MigrationInterface, QueryRunner } from 'typeorm';

export class AddRecoveryCodes1795617000000 implements MigrationInterface {
  async up(db: QueryRunner): Promise<void> {
    await db.query(`
      create unique index credential_recovery_codes on credential (realm_id, user_id)
       where type = 'recovery-authn-codes'`);
    await db.query(`
      create table pending_recovery_codes (
        realm_id uuid not null,
        user_id uuid not null,
        login_id text not null,
        credential_id uuid not null,
        key_id text not null,
        sealed bytea not null,
        expires_at timestamptz not null,
        primary key (realm_id, user_id, login_id)
      )`);
    await db.query(`create index pending_recovery_codes_expiry on pending_recovery_codes (expires_at)`);
  }

  async down(db: QueryRunner): Promise<void> {
    await db.query('drop table pending_recovery_codes');
    await db.query('drop index credential_recovery_codes');
  }
}
