import type { MigrationInterface, QueryRunner } from 'typeorm';

export class CreateUsers1795530100000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      create table outbox (
        seq bigint generated always as identity primary key,
        event jsonb not null,
        published_at timestamptz
      )`);
    await runner.query('create index outbox_unpublished on outbox (seq) where published_at is null');

    await runner.query(`
      create table realm (
        id uuid primary key,
        name text not null,
        settings jsonb not null,
        emails_unique boolean not null,
        created_at timestamptz not null,
        constraint realm_name unique (name),
        constraint realm_emails unique (id, emails_unique)
      )`);

    await runner.query(`
      create table realm_user (
        id uuid primary key,
        realm_id uuid not null,
        emails_unique boolean not null,
        username text collate "C" not null,
        email text collate "C",
        email_verified boolean not null,
        first_name text,
        last_name text,
        enabled boolean not null,
        attributes jsonb not null,
        required_actions text[] not null,
        not_before timestamptz,
        created_at timestamptz not null,
        constraint realm_user_realm foreign key (realm_id, emails_unique)
          references realm (id, emails_unique) on update cascade on delete cascade
      )`);
    // Byte order ("C"), so that the one index finds a name, finds what begins with it, and gives the list in order.
    await runner.query('create unique index realm_user_username on realm_user (realm_id, username)');
    // Where addresses need not be unique, each user's own id tells the entries apart: one index for the rule and the search.
    await runner.query(`
      create unique index realm_user_email on realm_user (
        realm_id, email,
        (case when emails_unique then '00000000-0000-0000-0000-000000000000'::uuid else id end)
      )`);
    await runner.query(`
      create index realm_user_attributes on realm_user
        using gin ((lower(attributes::text)::jsonb) jsonb_path_ops)`);
    await this.indexPartsOfNames(runner);

    await runner.query(`
      create table role (
        id uuid primary key,
        realm_id uuid not null,
        name text not null,
        description text,
        of_new_users boolean not null,
        constraint role_name unique (realm_id, name),
        constraint role_realm foreign key (realm_id) references realm (id) on delete cascade
      )`);
    await runner.query(`
      create table role_composite (
        role_id uuid not null,
        part_id uuid not null,
        primary key (role_id, part_id),
        constraint role_composite_role foreign key (role_id) references role (id) on delete cascade,
        constraint role_composite_part foreign key (part_id) references role (id) on delete cascade
      )`);
    await runner.query('create index role_composite_part_id on role_composite (part_id)');
    await runner.query(`
      create table user_role (
        user_id uuid not null,
        role_id uuid not null,
        primary key (user_id, role_id),
        constraint user_role_user foreign key (user_id) references realm_user (id) on delete cascade,
        constraint user_role_role foreign key (role_id) references role (id) on delete cascade
      )`);
    await runner.query('create index user_role_role_id on user_role (role_id)');

    await runner.query(`
      create table required_action (
        realm_id uuid not null,
        provider_id text not null,
        alias text not null,
        name text not null,
        enabled boolean not null,
        default_action boolean not null,
        priority integer not null,
        config jsonb not null,
        primary key (realm_id, provider_id),
        constraint required_action_alias unique (realm_id, alias),
        constraint required_action_realm foreign key (realm_id) references realm (id) on delete cascade
      )`);
  }

  /**
   * Trigrams find any part of a name at any size. pg_trgm comes with most Postgres servers and may be created by the
   * owner of a database; on a server without it, beginnings are indexed and other parts are found by reading.
   */
  private async indexPartsOfNames(runner: QueryRunner): Promise<void> {
    const [{ offered }] = (await runner.query(`
      select exists (select from pg_available_extensions where name = 'pg_trgm')
        and has_database_privilege(current_database(), 'create') as offered`)) as [{ offered: boolean }];
    if (offered) {
      await runner.query('create extension if not exists pg_trgm');
      await runner.query(`
        create index realm_user_names on realm_user using gin (
          username gin_trgm_ops, email gin_trgm_ops,
          lower(first_name) gin_trgm_ops, lower(last_name) gin_trgm_ops
        )`);
    } else {
      await runner.query(
        'create index realm_user_first_name on realm_user (realm_id, lower(first_name) text_pattern_ops)',
      );
      await runner.query(
        'create index realm_user_last_name on realm_user (realm_id, lower(last_name) text_pattern_ops)',
      );
    }
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(
      'drop table required_action, user_role, role_composite, role, realm_user, realm, outbox',
    );
  }
}
