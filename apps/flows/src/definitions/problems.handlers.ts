import { Controller } from '@nestjs/common';
import { Answers } from '@tumbler/bus';
import { FindProblems, flows, type FlowProblem } from '@tumbler/contract-flows';
import { notFound } from '@tumbler/errors';
import { DefinitionStore } from './definition-store.js';
import { FlowTrees } from './flow-trees.js';
import { problems } from './problems.js';

@Controller()
export class ProblemsHandlers {
  constructor(
    private readonly definitions: DefinitionStore,
    private readonly trees: FlowTrees,
  ) {}

  @Answers(flows.problems)
  async find({ realmId, id }: FindProblems): Promise<FlowProblem[]> {
    const all = await this.definitions.read(realmId);
    const row = all.flows.find((one) => one.id === id) ?? all.flows.find((one) => one.alias === id);
    if (!row) throw notFound('Could not find flow with id');
    // How clients prove who they are is not walked, and a page of parts only as a step of another flow.
    if (row.providerId !== 'basic-flow') return [];
    const { version } = await this.trees.ofRealm(realmId);
    const flow = await this.trees.tree(realmId, version, row.id);
    return flow ? problems(flow) : [];
  }
}
