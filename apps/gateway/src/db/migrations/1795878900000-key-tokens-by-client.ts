import type { MigrationInterface, QueryRunner } from 'typeorm';

/** By the id of the client and not by its name, which it can lose to another one. */
export class KeyTokensByClient1795878900000 implements MigrationInterface {
  async up(db: QueryRunner): Promise<void> {
    await db.query('alter table session add column client uuid');
    await db.query(`
      update session s set client = c.id from client c
       where c.realm_id = s.realm_id and c.client_id = s.client_id and s.ended_at is null`);
    await db.query(
      'update session set ended_at = now() where client is null and offline_of is not null and ended_at is null',
    );
    await db.query('drop index session_offline');
    await db.query('create index session_of_client on session (client)');

    await db.query('alter table refresh_token add column client uuid');
    await db.query(`
      update refresh_token t set client = c.id from client c
       where c.realm_id = t.realm_id and c.client_id = t.client_id`);
    await db.query('delete from refresh_token where client is null');
    await db.query('alter table refresh_token alter column client set not null, drop column client_id');
    await db.query('create index refresh_token_of_client on refresh_token (client, session_id)');

    await db.query('alter table logout_notice add column client uuid');
    await db.query(`
      update logout_notice n set client = c.id from client c
       where c.realm_id = n.realm_id and c.client_id = n.client_id`);
    await db.query('delete from logout_notice where client is null');
    await db.query('alter table logout_notice drop constraint logout_notice_pkey, drop column client_id');
    await db.query('alter table logout_notice add primary key (session_id, client)');
  }

  async down(db: QueryRunner): Promise<void> {
    for (const table of ['refresh_token', 'logout_notice']) {
      await db.query(`alter table ${table} add column client_id text`);
      await db.query(`update ${table} t set client_id = c.client_id from client c where c.id = t.client`);
      await db.query(`delete from ${table} where client_id is null`);
      await db.query(`alter table ${table} alter column client_id set not null`);
    }
    await db.query('alter table logout_notice drop constraint logout_notice_pkey, drop column client');
    await db.query('alter table logout_notice add primary key (session_id, client_id)');
    await db.query('alter table refresh_token drop column client');
    await db.query('alter table session drop column client');
    await db.query(
      'create index session_offline on session (realm_id, client_id) where offline_of is not null and ended_at is null',
    );
  }
}
