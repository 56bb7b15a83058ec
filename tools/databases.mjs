// A database and a role for each service, on one Postgres server.
import { Problem } from './problem.mjs';

/**
 * Makes what is missing, through an administrator's address, and answers each service's own address. No role may
 * connect to the database of another.
 * @param {string} adminUrl
 * @param {Record<string, string>} passwords by service
 * @returns {Promise<Record<string, string>>}
 */
export async function makeDatabases(adminUrl, passwords) {
  const { default: pg } = await import('pg');
  const client = new pg.Client({ connectionString: adminUrl, connectionTimeoutMillis: 10_000 });
  await client.connect().catch((error) => {
    throw new Problem(
      `The database server does not let us in: ${error.message}.\nDATABASE_URL must be the address of an administrator of a Postgres that runs.`,
    );
  });
  try {
    const urls = {};
    for (const [service, password] of Object.entries(passwords)) {
      const name = `tumbler_${service}`;
      const { rows: roles } = await client.query('select 1 from pg_roles where rolname = $1', [name]);
      const verb = roles.length > 0 ? 'alter' : 'create';
      await client.query(`${verb} role ${name} login password ${client.escapeLiteral(password)}`);
      const { rows: databases } = await client.query('select 1 from pg_database where datname = $1', [name]);
      if (databases.length === 0) {
        // An administrator who is not a superuser must be in the role that is to own the database.
        await client.query(`grant ${name} to current_user`);
        await client.query(`create database ${name} owner ${name}`);
        await client.query(`revoke all on database ${name} from public`);
      }
      const url = new URL(adminUrl);
      Object.assign(url, { username: name, password: encodeURIComponent(password), pathname: `/${name}` });
      urls[service] = url.href;
    }
    return urls;
  } catch (error) {
    throw new Problem(
      `The databases cannot be made: ${error.message}.\nThe user of DATABASE_URL must be allowed to create roles and databases.`,
    );
  } finally {
    await client.end();
  }
}
