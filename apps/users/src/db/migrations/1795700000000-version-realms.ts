import type { MigrationInterface, QueryRunner } from 'typeorm';

/** What changes what is remembered of a realm. A role or a group that is new is nobody's yet, and changes nothing. */
const CHANGES = {
  realm: 'insert or delete or update of profile',
  required_action: 'insert or delete or update',
  role: 'delete or update of name, client_id',
  role_composite: 'insert or delete or update',
  client: 'update of name',
  user_group: 'delete or update of parent_id',
  group_role: 'insert or delete or update',
};

export class VersionRealms1795700000000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query('create table realm_version (realm_id uuid primary key, version uuid not null)');
    // A transaction gives one version, however much it changes. Random: numbers of transactions come again after a restore.
    await runner.query(`
      create function renew_realm_version() returns trigger language plpgsql set search_path from current as $$
      declare
        changed record := coalesce(new, old);
        changed_realm uuid;
        current_version uuid := coalesce(
          nullif(current_setting('tumbler.realm_version', true), ''),
          set_config('tumbler.realm_version', gen_random_uuid()::text, true));
      begin
        if tg_table_name = 'realm' then
          changed_realm := changed.id;
        elsif tg_table_name = 'role_composite' then
          select realm_id into changed_realm from role where id = changed.role_id;
        elsif tg_table_name = 'group_role' then
          select realm_id into changed_realm from user_group where id = changed.group_id;
        else
          changed_realm := changed.realm_id;
        end if;
        insert into realm_version (realm_id, version)
        select id, current_version from realm where id = changed_realm
            on conflict (realm_id) do update set version = excluded.version
         where realm_version.version <> excluded.version;
        if tg_table_name = 'realm' and tg_op = 'DELETE' then
          delete from realm_version where realm_id = changed_realm;
        end if;
        return null;
      end $$`);
    // At the commit, so that whoever changes a realm never waits for whoever else is at it.
    for (const [table, change] of Object.entries(CHANGES)) {
      await runner.query(`
        create constraint trigger ${table}_renews_version after ${change} on ${table}
          deferrable initially deferred for each row execute function renew_realm_version()`);
    }
    await runner.query(
      'insert into realm_version (realm_id, version) select id, gen_random_uuid() from realm',
    );
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('drop function renew_realm_version cascade');
    await runner.query('drop table realm_version');
  }
}
