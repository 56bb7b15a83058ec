import type { MigrationInterface, QueryRunner } from 'typeorm';

export class CreateFlows1795531000000 implements MigrationInterface {
  async up(db: QueryRunner): Promise<void> {
    await db.query(`
      create table outbox (
        seq bigint generated always as identity primary key,
        event jsonb not null,
        published_at timestamptz
      )`);
    await db.query(`create index outbox_unpublished on outbox (seq) where published_at is null`);

    await db.query(`
      create table realm_flows (
        realm_id uuid primary key,
        version integer not null,
        bindings jsonb not null
      )`);
    await db.query(`
      create table flow (
        id uuid primary key,
        realm_id uuid not null,
        alias text not null,
        description text,
        provider_id text not null,
        top_level boolean not null,
        built_in boolean not null,
        position integer not null
      )`);
    await db.query(`create unique index flow_alias on flow (realm_id, alias)`);
    await db.query(`
      create table execution (
        id uuid primary key,
        realm_id uuid not null,
        flow_id uuid not null constraint execution_flow_fkey references flow (id) on delete cascade,
        requirement text not null,
        priority integer not null,
        authenticator text,
        sub_flow_id uuid,
        config_id uuid
      )`);
    await db.query(`create index execution_of_flow on execution (flow_id)`);
    await db.query(`create index execution_realm on execution (realm_id)`);
    await db.query(`
      create table authenticator_config (
        id uuid primary key,
        realm_id uuid not null,
        alias text not null,
        config jsonb not null
      )`);
    await db.query(`create index authenticator_config_realm on authenticator_config (realm_id)`);

    await db.query(`
      create table login (
        id uuid primary key,
        realm_id uuid not null,
        flow_id uuid not null,
        kind text not null,
        client_id text not null,
        redirect_uri text,
        login_hint text,
        browser text not null,
        execution text not null,
        code text not null,
        progress jsonb not null,
        trace jsonb not null,
        version integer not null,
        created_at timestamptz not null,
        expires_at timestamptz not null,
        ended_at timestamptz,
        finished jsonb
      )`);
    await db.query(`create index login_expiry on login (expires_at)`);
    await db.query(`create index login_realm on login (realm_id)`);

    await db.query(`
      create table user_event (
        id uuid primary key,
        seq bigint generated always as identity,
        realm_id uuid not null,
        time timestamptz not null,
        type text not null,
        client_id text,
        user_id text,
        session_id text,
        ip_address text,
        error text,
        details jsonb
      )`);
    await db.query(`create index user_event_time on user_event (realm_id, time, seq)`);
    await db.query(`
      create table admin_event (
        id uuid primary key,
        seq bigint generated always as identity,
        realm_id uuid not null,
        time timestamptz not null,
        operation_type text not null,
        resource_type text not null,
        resource_path text not null,
        auth_details jsonb not null,
        representation text
      )`);
    await db.query(`create index admin_event_time on admin_event (realm_id, time, seq)`);
    await db.query(`create table audit_config (realm_id uuid primary key, settings jsonb not null)`);
  }

  async down(db: QueryRunner): Promise<void> {
    const tables = [
      'audit_config',
      'admin_event',
      'user_event',
      'login',
      'authenticator_config',
      'execution',
      'flow',
      'realm_flows',
      'outbox',
    ];
    for (const table of tables) await db.query(`drop table ${table}`);
  }
}
