import { createHash } from 'node:crypto';
import type { EntityManager } from 'typeorm';
import { DEFAULT_BINDINGS, DEFAULT_FLOWS, type DefaultFlow } from './default-flows.js';

/**
 * Gives a realm its default flows. Every id follows from the realm and the names, so that two instances that do it at the
 * same moment write the same rows, and the second one writes none.
 */
export async function seed(tx: EntityManager, realmId: string): Promise<void> {
  // The realm's own row first: whoever comes second waits here, and then finds everything done.
  await insert(tx, 'realm_flows', [{ realm_id: realmId, version: 1, bindings: bindingsOf(realmId) }]);
  await addDefaults(tx, realmId);
}

/** @param brought ids of flows that the realm has already, by alias: they take the place of the default ones of their name. */
export async function addDefaults(
  tx: EntityManager,
  realmId: string,
  brought: ReadonlyMap<string, string> = new Map(),
): Promise<void> {
  const rows = rowsOf(realmId, brought);
  await insert(tx, 'flow', rows.flows);
  await insert(tx, 'authenticator_config', rows.configs);
  await insert(tx, 'execution', rows.executions);
}

/** Rows by the names of their columns; those that are there already stay as they are. */
async function insert(tx: EntityManager, table: string, rows: Record<string, unknown>[]): Promise<void> {
  await tx.query(
    `insert into ${table} select * from jsonb_populate_recordset(null::${table}, $1) on conflict do nothing`,
    [JSON.stringify(rows)],
  );
}

function rowsOf(realmId: string, brought: ReadonlyMap<string, string>) {
  const flows: Record<string, unknown>[] = [];
  const executions: Record<string, unknown>[] = [];
  const configs: Record<string, unknown>[] = [];

  function add({ alias, description, providerId, steps }: DefaultFlow, topLevel: boolean): string {
    const there = brought.get(alias);
    if (there) return there;
    const id = idOf(realmId, 'flow', alias);
    flows.push({
      id,
      realm_id: realmId,
      alias,
      description: description ?? null,
      provider_id: providerId,
      top_level: topLevel,
      built_in: true,
      position: DEFAULT_ORDER.indexOf(alias),
    });
    for (const { priority, requirement, authenticator, config, flow } of steps) {
      const configId = config ? idOf(realmId, 'config', config.alias) : null;
      if (config && configId)
        configs.push({ id: configId, realm_id: realmId, alias: config.alias, config: config.config });
      executions.push({
        id: idOf(realmId, 'execution', alias, String(priority)),
        realm_id: realmId,
        flow_id: id,
        requirement,
        priority,
        authenticator: authenticator ?? null,
        sub_flow_id: flow ? add(flow, false) : null,
        config_id: configId,
      });
    }
    return id;
  }

  for (const flow of DEFAULT_FLOWS) add(flow, true);
  return { flows, executions, configs };
}

/** Which flows a realm uses for what, unless told otherwise. */
export const bindingsOf = (
  realmId: string,
  brought: ReadonlyMap<string, string> = new Map(),
): typeof DEFAULT_BINDINGS => {
  const ids = Object.entries(DEFAULT_BINDINGS).map(([use, alias]) => [
    use,
    brought.get(alias) ?? idOf(realmId, 'flow', alias),
  ]);
  return Object.fromEntries(ids) as typeof DEFAULT_BINDINGS;
};

/** The aliases of all default flows, in the order in which they are listed. */
export const DEFAULT_ORDER: readonly string[] = DEFAULT_FLOWS.flatMap(function names(
  flow: DefaultFlow,
): string[] {
  return [flow.alias, ...flow.steps.flatMap((step) => (step.flow ? names(step.flow) : []))];
});

/** RFC 9562 §5.5: a UUID of version 5, in the name space of the realm. */
function idOf(realmId: string, ...names: string[]): string {
  const hash = createHash('sha1')
    .update(Buffer.from(realmId.replaceAll('-', ''), 'hex'))
    .update(JSON.stringify(names))
    .digest()
    .subarray(0, 16);
  hash[6] = ((hash[6] ?? 0) & 0x0f) | 0x50;
  hash[8] = ((hash[8] ?? 0) & 0x3f) | 0x80;
  return hash.toString('hex').replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5');
}
