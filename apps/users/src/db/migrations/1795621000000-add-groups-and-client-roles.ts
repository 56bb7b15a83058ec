import type { MigrationInterface, QueryRunner } from 'typeorm';

export class AddGroupsAndClientRoles1795621000000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      create table client (
        id uuid primary key,
        realm_id uuid not null,
        name text not null,
        constraint client_name unique (realm_id, name),
        constraint client_realm foreign key (realm_id) references realm (id) on delete cascade
      )`);
    await runner.query(`
      alter table role
        add client_id uuid,
        add attributes jsonb not null default '{}',
        drop constraint role_name,
        add constraint role_client foreign key (client_id) references client (id) on delete cascade`);
    await runner.query('alter table role alter attributes drop default');
    await runner.query(
      'create unique index role_name on role (realm_id, client_id, name) nulls not distinct',
    );
    await runner.query('create index role_client_id on role (client_id)');

    await runner.query(`
      create table user_group (
        id uuid primary key,
        realm_id uuid not null,
        parent_id uuid,
        name text not null,
        description text,
        attributes jsonb not null,
        of_new_users boolean not null,
        constraint user_group_realm foreign key (realm_id) references realm (id) on delete cascade,
        constraint user_group_parent foreign key (parent_id) references user_group (id) on delete cascade
      )`);
    await runner.query(
      'create unique index user_group_name on user_group (realm_id, parent_id, name) nulls not distinct',
    );
    await runner.query('create index user_group_parent_id on user_group (parent_id)');
    await runner.query(`
      create table group_member (
        user_id uuid not null,
        group_id uuid not null,
        primary key (user_id, group_id),
        constraint group_member_user foreign key (user_id) references realm_user (id) on delete cascade,
        constraint group_member_group foreign key (group_id) references user_group (id) on delete cascade
      )`);
    await runner.query('create index group_member_group_id on group_member (group_id)');
    await runner.query(`
      create table group_role (
        group_id uuid not null,
        role_id uuid not null,
        primary key (group_id, role_id),
        constraint group_role_group foreign key (group_id) references user_group (id) on delete cascade,
        constraint group_role_role foreign key (role_id) references role (id) on delete cascade
      )`);
    await runner.query('create index group_role_role_id on group_role (role_id)');
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('drop table group_role, group_member, user_group');
    await runner.query('delete from role where client_id is not null');
    await runner.query('drop index role_name, role_client_id');
    await runner.query(`
      alter table role drop client_id, drop attributes, add constraint role_name unique (realm_id, name)`);
    await runner.query('drop table client');
  }
}
