import type { MigrationInterface, QueryRunner } from 'typeorm';

export class RotateSigningKeys1795651000000 implements MigrationInterface {
  async up(db: QueryRunner): Promise<void> {
    await db.query(`drop index signing_key_active`);
    await db.query(`drop index signing_key_of_realm`);
    await db.query(`alter table signing_key drop column active`);
    await db.query(`alter table signing_key add column generation int not null default 1`);
    await db.query(`alter table signing_key alter column generation drop default`);
    await db.query(`alter table signing_key add column signs_from timestamptz`);
    await db.query(`update signing_key set signs_from = created_at`);
    await db.query(`alter table signing_key alter column signs_from set not null`);
    await db.query(`alter table signing_key add column longest int not null default 0`);
    await db.query(`alter table signing_key alter column longest drop default`);
    await db.query(
      `create unique index signing_key_generation on signing_key (realm_id, algorithm, generation)`,
    );
  }

  async down(db: QueryRunner): Promise<void> {
    await db.query(`drop index signing_key_generation`);
    await db.query(`delete from signing_key where algorithm <> 'RS256'`);
    await db.query(`alter table signing_key add column active boolean not null default false`);
    await db.query(`alter table signing_key alter column active drop default`);
    await db.query(`
      update signing_key k set active = true
       where generation = (select max(generation) from signing_key where realm_id = k.realm_id)`);
    await db.query(
      `alter table signing_key drop column generation, drop column signs_from, drop column longest`,
    );
    await db.query(`create index signing_key_of_realm on signing_key (realm_id)`);
    await db.query(`create unique index signing_key_active on signing_key (realm_id) where active`);
  }
}
