import type { MigrationInterface, QueryRunner } from 'typeorm';

const RIGHTS = `'create-client', 'impersonation', 'manage-authorization', 'manage-clients', 'manage-events',
  'manage-identity-providers', 'manage-realm', 'manage-users', 'query-clients', 'query-groups', 'query-realms',
  'query-users', 'view-authorization', 'view-clients', 'view-events', 'view-identity-providers', 'view-realm', 'view-users'`;

export class AddManagementClients1795650000000 implements MigrationInterface {
  async up(db: QueryRunner): Promise<void> {
    await db.query(`
      alter table client
        add manages uuid,
        add constraint client_manages foreign key (manages) references realm (id) on delete cascade`);
    await db.query('create index client_managed_realm on client (manages)');

    // Realms from before are managed by clients like the ones that come after.
    await db.query(`
      insert into client (id, realm_id, name, manages)
      select gen_random_uuid(), id, case when name = 'master' then 'master-realm' else 'realm-management' end, id
        from realm
      union all
      select gen_random_uuid(), master.id, realm.name || '-realm', realm.id
        from realm, realm master where master.name = 'master' and realm.name <> 'master'
      on conflict (realm_id, name) do update set manages = excluded.manages`);
    await db.query(`
      insert into role (id, realm_id, client_id, name, description, attributes, of_new_users)
      select gen_random_uuid(), realm_id, client.id, role, '\${role_' || role || '}', '{}', false
        from client, unnest(array[${RIGHTS}, 'realm-admin']) role
       where manages is not null and (role <> 'realm-admin' or name = 'realm-management')
      on conflict do nothing`);
    await db.query(`
      insert into role_composite (role_id, part_id)
      select whole.id, part.id
        from client join role whole on whole.client_id = client.id join role part on part.client_id = client.id
       where client.manages is not null and whole.id <> part.id
         and (whole.name = 'realm-admin'
           or (whole.name = 'view-users' and part.name in ('query-users', 'query-groups'))
           or (whole.name = 'view-clients' and part.name = 'query-clients'))
      on conflict do nothing`);
  }

  async down(db: QueryRunner): Promise<void> {
    await db.query('delete from client where manages is not null');
    await db.query('alter table client drop manages');
  }
}
