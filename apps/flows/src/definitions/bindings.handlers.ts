import { Controller } from '@nestjs/common';
import { Answers } from '@tumbler/bus';
import { flows, GetBindings, SetBindings, type Bindings } from '@tumbler/contract-flows';
import { invalid } from '@tumbler/errors';
import { DataSource } from 'typeorm';
import { DefinitionStore } from './definition-store.js';
import { FlowTrees } from './flow-trees.js';

/** What a realm uses its flows for. */
@Controller()
export class BindingsHandlers {
  constructor(
    private readonly db: DataSource,
    private readonly trees: FlowTrees,
    private readonly definitions: DefinitionStore,
  ) {}

  @Answers(flows.bindings)
  async bindings({ realmId }: GetBindings): Promise<Bindings> {
    const all = await this.definitions.read(realmId);
    const { bindings } = await this.trees.ofRealm(realmId);
    const aliasOf = new Map(all.flows.map(({ id, alias }) => [id, alias]));
    const named = Object.entries(bindings).map(([use, id]) => [use, aliasOf.get(id) ?? id]);
    return Object.fromEntries(named) as Bindings;
  }

  @Answers(flows.setBindings)
  async setBindings({ realmId, settings }: SetBindings): Promise<Bindings> {
    await this.trees.ofRealm(realmId);
    await this.db.transaction(async (tx) => {
      // Whoever removes a flow meanwhile waits, or has removed it before it is looked for.
      await tx.query('update realm_flows set version = version + 1 where realm_id = $1', [realmId]);
      const rows = await tx.query<{ id: string; alias: string; providerId: string }[]>(
        'select id, alias, provider_id as "providerId" from flow where realm_id = $1 and top_level',
        [realmId],
      );
      const wanted = Object.entries(settings).filter((entry): entry is [string, string] => !!entry[1]);
      const bound = wanted.map(([use, alias]) => {
        const flow = rows.find((one) => one.alias === alias);
        const forClients = use === 'clientAuthenticationFlow';
        if (!flow || (flow.providerId === 'client-flow') !== forClients) {
          throw invalid(`${use}: there is no such flow`, use);
        }
        return [use, flow.id];
      });
      await tx.query('update realm_flows set bindings = bindings || $2 where realm_id = $1', [
        realmId,
        JSON.stringify(Object.fromEntries(bound)),
      ]);
    });
    return this.bindings({ realmId });
  }
}
