import { Controller } from '@nestjs/common';
import { Answers, Bus } from '@tumbler/bus';
import { Clock } from '@tumbler/clock';
import { credentials } from '@tumbler/contract-credentials';
import { DescribedUser, flows, Simulate, type Simulation } from '@tumbler/contract-flows';
import { users } from '@tumbler/contract-users';
import { invalid, notFound } from '@tumbler/errors';
import { randomUUID } from 'node:crypto';
import { DefinitionStore } from '../definitions/definition-store.js';
import { FlowTrees } from '../definitions/flow-trees.js';
import { RequiredActions } from '../required-actions/index.js';
import type { Somebody } from './pretended-services.js';
import { simulate } from './simulate.js';

/** Answers how a login would go, without one. */
@Controller()
export class SimulationHandlers {
  constructor(
    private readonly bus: Bus,
    private readonly definitions: DefinitionStore,
    private readonly trees: FlowTrees,
    private readonly actions: RequiredActions,
    private readonly clock: Clock,
  ) {}

  @Answers(flows.simulate)
  async simulate({ realm, alias, userId, user, clientId, fails = [] }: Simulate): Promise<Simulation> {
    const all = await this.definitions.read(realm.id);
    const row = all.flows.find((flow) => flow.alias === alias);
    const { version, bindings } = await this.trees.ofRealm(realm.id);
    const flow = row && row.providerId === 'basic-flow' && (await this.trees.tree(realm.id, version, row.id));
    if (!flow) throw notFound('Flow not found');
    const kind = isForOneRequest(flow.id === bindings.directGrantFlow, all.executions, row.id)
      ? ('grant' as const)
      : ('browser' as const);
    const somebody = await (userId ? this.real(realm.id, userId) : this.described(realm.id, user ?? {}));
    const login = { id: randomUUID(), kind, realm, clientId, visitor: {} };
    return simulate({ login, flow, somebody, fails, actions: this.actions, clock: this.clock });
  }

  private async real(realmId: string, userId: string): Promise<Somebody> {
    const [found, has] = await Promise.all([
      this.bus.call(users.get, { realmId, userId }),
      this.bus.call(credentials.has, { realmId, userId }),
    ]);
    if (!found.user) throw notFound('User not found');
    return { found, credentials: has };
  }

  private async described(realmId: string, user: DescribedUser): Promise<Somebody> {
    const actions = await this.bus.call(users.listActions, { realmId });
    const { credentials: types = ['password'], ...said } = user;
    mustBeLists('attributes', said.attributes);
    mustBeLists('clientRoles', said.clientRoles);
    return {
      found: {
        user: {
          ...{ id: randomUUID(), username: 'somebody', emailVerified: true, enabled: true },
          ...{ attributes: {}, roles: [], requiredActions: [], notBefore: 0 },
          ...said,
        },
        actions: actions.filter(({ enabled }) => enabled),
      },
      credentials: types.map((type) => ({ id: randomUUID(), type })),
    };
  }
}

/** What conditions look through; of anything else they would make nothing. */
function mustBeLists(field: string, values: Record<string, unknown> = {}): void {
  const fits = Object.values(values).every(
    (list) => Array.isArray(list) && list.every((value) => typeof value === 'string'),
  );
  if (!fits) throw invalid(`${field} must hold lists of texts`, field);
}

/** The realm's flow for logins in one request, or one that begins as such a flow does. */
const isForOneRequest = (
  isBound: boolean,
  executions: { flowId: string; authenticator: string | null }[],
  flowId: string,
): boolean =>
  isBound ||
  executions.some(
    (step) => step.flowId === flowId && step.authenticator?.startsWith('direct-grant-validate-'),
  );
