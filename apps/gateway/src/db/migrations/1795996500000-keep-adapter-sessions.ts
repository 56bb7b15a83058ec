import type { MigrationInterface, QueryRunner } from 'typeorm';

export class KeepAdapterSessions1795996500000 implements MigrationInterface {
  async up(db: QueryRunner): Promise<void> {
    await db.query(`
      create table adapter_session (
        session_id uuid not null,
        client uuid not null,
        hash bytea not null,
        name bytea not null,
        sealed_with text not null,
        primary key (session_id, client, hash),
        constraint adapter_session_session foreign key (session_id) references session (id) on delete cascade,
        constraint adapter_session_client foreign key (client) references client (id) on delete cascade
      )`);
    await db.query('create index adapter_session_by_name on adapter_session (client, hash)');
  }

  async down(db: QueryRunner): Promise<void> {
    await db.query('drop table adapter_session');
  }
}
