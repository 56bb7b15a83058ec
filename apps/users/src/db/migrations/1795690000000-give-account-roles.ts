import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Which client is a realm's account is known to the gateway, which asks for the roles of it. */
export class GiveAccountRoles1795690000000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query('alter table client add account_roles_given boolean not null default false');
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('alter table client drop account_roles_given');
  }
}
