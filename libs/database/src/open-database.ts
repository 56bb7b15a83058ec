import { DataSource, type EntityTarget, type MigrationInterface, type ObjectLiteral } from 'typeorm';

export interface DatabaseOptions {
  url: string;
  entities: EntityTarget<ObjectLiteral>[];
  /** In the order they were written; their class names end in their epoch (milliseconds). */
  migrations: (new () => MigrationInterface)[];
  /** Connections of this process, at most. */
  poolSize?: number;
}

/** Any number, the same in every service: services have databases of their own, so their locks do not meet. */
const MIGRATION_LOCK = 7_246_001;

/** Connects and migrates. Several instances may start at once: one migrates, the others wait for it. */
export async function openDatabase({
  url,
  entities,
  migrations,
  poolSize = 10,
}: DatabaseOptions): Promise<DataSource> {
  const db = new DataSource({
    type: 'postgres',
    url,
    entities: entities as (new () => object)[],
    migrations,
    synchronize: false,
    // TypeORM would print a failed query with its parameters, and a parameter may be a secret. Errors rise instead.
    logging: false,
    poolSize,
    connectTimeoutMS: 3_000,
    extra: { idleTimeoutMillis: 60_000 },
  });
  await db.initialize();
  await migrate(db);
  return db;
}

async function migrate(db: DataSource): Promise<void> {
  const guard = db.createQueryRunner();
  await guard.query('select pg_advisory_lock($1)', [MIGRATION_LOCK]);
  try {
    await db.runMigrations({ transaction: 'each' });
  } finally {
    await guard.query('select pg_advisory_unlock($1)', [MIGRATION_LOCK]);
    await guard.release();
  }
}
