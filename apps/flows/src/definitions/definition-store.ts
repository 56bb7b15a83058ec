import { Injectable } from '@nestjs/common';
import type { Operation, ResourceType } from '@tumbler/contract-events';
import type { Actor } from '@tumbler/contract-rpc';
import { Outbox } from '@tumbler/events';
import { DataSource, type EntityManager } from 'typeorm';
import { AuthenticatorConfigRow } from './authenticator-config.entity.js';
import { ExecutionRow } from './execution.entity.js';
import { FlowRow } from './flow.entity.js';
import { FlowTrees } from './flow-trees.js';
import type { Definitions } from './flow.view.js';

/** One change to the flows of a realm, while it is made. */
export interface Change {
  tx: EntityManager;
  /** As they are before it. */
  all: Definitions;
  /** Tells who listens; `path` is relative to the realm's authentication. */
  tell: (
    operation: Operation,
    resource: ResourceType,
    path: string,
    representation?: object,
  ) => Promise<void>;
}

/** The flows of a realm as they lie in the database: read as a whole, changed by one administrator at a time. */
@Injectable()
export class DefinitionStore {
  constructor(
    private readonly db: DataSource,
    private readonly trees: FlowTrees,
    private readonly outbox: Outbox,
  ) {}

  /** A realm that has none yet gets the default ones. */
  async read(realmId: string): Promise<Definitions> {
    await this.trees.ofRealm(realmId);
    return load(this.db.manager, realmId);
  }

  /**
   * Makes one change. Whoever changes the same realm meanwhile waits, so that what is decided by looking at all of it (a
   * name that is free, a flow that nobody uses) still holds when it is written; afterwards every instance reads it anew.
   */
  async change<T>(
    { by, realmId }: { by: Actor; realmId: string },
    work: (change: Change) => Promise<T>,
  ): Promise<T> {
    await this.trees.ofRealm(realmId);
    return this.outbox.transaction(async (tx, tell) => {
      await tx.query('update realm_flows set version = version + 1 where realm_id = $1', [realmId]);
      return work({
        tx,
        all: await load(tx, realmId),
        tell: (operationType, resourceType, path, representation) =>
          tell({
            type: 'admin',
            realmId,
            data: {
              operationType,
              resourceType,
              resourcePath: `authentication/${path}`,
              authDetails: by,
              ...(representation ? { representation } : {}),
            },
          }),
      });
    });
  }
}

/** One after the other: a transaction has one connection. */
async function load(db: EntityManager, realmId: string): Promise<Definitions> {
  const flows = await db.find(FlowRow, { where: { realmId }, order: { position: 'asc', id: 'asc' } });
  const executions = await db.find(ExecutionRow, {
    where: { realmId },
    order: { priority: 'asc', id: 'asc' },
  });
  const configs = await db.find(AuthenticatorConfigRow, { where: { realmId } });
  return { flows, executions, configs };
}
