import { Controller } from '@nestjs/common';
import { Answers } from '@tumbler/bus';
import { flows, Grant, type Granted } from '@tumbler/contract-flows';
import { AppError } from '@tumbler/errors';
import { randomUUID } from 'node:crypto';
import { FlowTrees } from '../definitions/flow-trees.js';
import { FlowRunner } from '../engine/flow-runner.js';
import { fail, isPage, newRun, REASONS } from '../engine/run.js';
import { told } from './login-events.js';
import { LoginStore } from './login-store.js';

type Refusal = Granted & { kind: 'refused' };

const refusal = (status: 400 | 401, description: string): Refusal => ({
  kind: 'refused',
  error: 'invalid_grant',
  description,
  status,
});
const WRONG = refusal(401, 'Invalid user credentials');

/** What a client hears (keycloak.md §8.2); of everything that is not listed, that the credentials are wrong. */
const REFUSALS: Record<string, Refusal> = {
  user_disabled: refusal(400, 'Account disabled'),
  access_denied: refusal(400, 'Authentication requirements not fulfilled'),
  resolve_required_actions: refusal(400, 'Account is not fully set up'),
};

/** Logins in one request (RFC 6749 §4.3): the same engine and the same end as with pages, and no page to ask anything on. */
@Controller()
export class GrantsHandlers {
  constructor(
    private readonly trees: FlowTrees,
    private readonly runner: FlowRunner,
    private readonly logins: LoginStore,
  ) {}

  @Answers(flows.grant)
  async grant({ realm, clientId, overrides, visitor, fields, wanted }: Grant): Promise<Granted> {
    const { version, bindings } = await this.trees.ofRealm(realm.id);
    const flowId = overrides?.directGrant ?? bindings.directGrantFlow;
    const flow = await this.trees.tree(realm.id, version, flowId);
    if (!flow) throw new AppError('internal');
    const sessionId = randomUUID();
    const run = newRun({ id: sessionId, kind: 'grant', realm, clientId, visitor, input: fields }, flow);
    if (wanted) run.progress = { ...run.progress, wanted };
    const reached = await this.runner.advance(run);
    // A step that wants to show a page asks for something that was not given.
    const stop = isPage(reached) ? fail(run, ...REASONS.invalid_credentials) : reached;
    await this.logins.leave(run, told(run));
    if (stop.kind === 'done') return { kind: 'done', sessionId, finished: stop.finished };
    return (stop.kind === 'failed' && REFUSALS[stop.error]) || WRONG;
  }
}
