import { Controller } from '@nestjs/common';
import { Answers, Bus } from '@tumbler/bus';
import { Clock } from '@tumbler/clock';
import { credentials } from '@tumbler/contract-credentials';
import {
  DescribedUser,
  flows,
  Simulate,
  type Bindings,
  type BroughtSession,
  type DescribedSession,
  type Simulation,
} from '@tumbler/contract-flows';
import { ACCOUNT_CLIENT, ACCOUNT_ROLES, users } from '@tumbler/contract-users';
import { invalid, notFound } from '@tumbler/errors';
import { randomUUID } from 'node:crypto';
import type { LoginKind } from '../authenticators/authenticator.js';
import { registrationPage } from '../authenticators/registration/registration-page.authenticator.js';
import { chooseUser } from '../authenticators/reset-credentials/choose-user.authenticator.js';
import { DefinitionStore } from '../definitions/definition-store.js';
import { FlowTrees } from '../definitions/flow-trees.js';
import { RequiredActions } from '../required-actions/index.js';
import type { Somebody } from './pretended-services.js';
import { simulate } from './simulate.js';

const EVERYONES = ACCOUNT_ROLES.filter(({ everyones }) => everyones).map(({ name }) => name);

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
  async simulate(question: Simulate): Promise<Simulation> {
    const { realm, alias, userId, user, clientId, fails, chooses, session, wanted, kcAction } = question;
    const all = await this.definitions.read(realm.id);
    const row = all.flows.find((flow) => flow.alias === alias);
    const { version, bindings } = await this.trees.ofRealm(realm.id);
    const flow = row && row.providerId === 'basic-flow' && (await this.trees.tree(realm.id, version, row.id));
    if (!flow) throw notFound('Flow not found');
    const steps = all.executions.filter(({ flowId }) => flowId === row.id);
    const kind = kindOf(flow.id, steps, bindings);
    const somebody = await (userId ? this.real(realm.id, userId) : this.described(realm.id, user ?? {}));
    const login = {
      ...{ id: randomUUID(), kind, realm, clientId, visitor: {} },
      ...(session && somebody.found.user ? { session: this.brought(session, somebody.found.user.id) } : {}),
    };
    const { actions, clock } = this;
    return simulate({ login, flow, somebody, fails, chooses, wanted, kcAction, actions, clock });
  }

  private brought({ age = 0, levels = {}, amr = ['pwd'] }: DescribedSession, userId: string): BroughtSession {
    const now = this.clock.seconds();
    const times = Object.entries(levels).map(([level, ago]): [string, number] => {
      if (!Number.isInteger(ago) || ago < 0)
        throw invalid('levels must hold whole numbers of seconds', 'levels');
      return [level, now - ago];
    });
    return { id: randomUUID(), userId, authTime: now - age, amr, levels: Object.fromEntries(times) };
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
          clientRoles: { [ACCOUNT_CLIENT]: EVERYONES },
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

/** What a flow is for: what the realm uses it for, or else what its steps are about. */
function kindOf(id: string, steps: { authenticator: string | null }[], bindings: Bindings): LoginKind {
  const isAbout = (prefix: string) => steps.some(({ authenticator }) => authenticator?.startsWith(prefix));
  if (id === bindings.directGrantFlow || isAbout('direct-grant-validate-')) return 'grant';
  if (id === bindings.registrationFlow || isAbout(registrationPage.id)) return 'registration';
  if (id === bindings.resetCredentialsFlow || isAbout(chooseUser.id)) return 'reset-credentials';
  return 'browser';
}
