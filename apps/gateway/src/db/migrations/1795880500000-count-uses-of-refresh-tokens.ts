import type { MigrationInterface, QueryRunner } from 'typeorm';

export class CountUsesOfRefreshTokens1795880500000 implements MigrationInterface {
  async up(db: QueryRunner): Promise<void> {
    await db.query(`
      alter table refresh_token
        add column begun_at timestamptz,
        add column uses int not null default 0,
        add column successor bytea`);
    await db.query(
      'update refresh_token set begun_at = created_at, uses = case when used_at is null then 0 else 1 end',
    );
    await db.query('alter table refresh_token alter column begun_at set not null');
  }

  async down(db: QueryRunner): Promise<void> {
    await db.query('alter table refresh_token drop column begun_at, drop column uses, drop column successor');
  }
}
