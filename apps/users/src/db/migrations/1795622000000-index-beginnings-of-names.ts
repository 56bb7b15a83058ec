import type { MigrationInterface, QueryRunner } from 'typeorm';

/** On every server, trigrams or not: a page of a search is read in the order of these. */
export class IndexBeginningsOfNames1795622000000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query('drop index if exists realm_user_first_name, realm_user_last_name');
    await runner.query(`
      create index realm_user_first_name on realm_user (realm_id, lower(first_name) text_pattern_ops, username)`);
    await runner.query(`
      create index realm_user_last_name on realm_user (realm_id, lower(last_name) text_pattern_ops, username)`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('drop index realm_user_first_name, realm_user_last_name');
  }
}
