import { Controller } from '@nestjs/common';
import { Answers } from '@tumbler/bus';
import { flows, Pass, type SilentlyPassed } from '@tumbler/contract-flows';
import { AppError } from '@tumbler/errors';
import { randomUUID } from 'node:crypto';
import { FlowTrees } from '../definitions/flow-trees.js';
import { FlowRunner } from '../engine/flow-runner.js';
import { isPage, newRun } from '../engine/run.js';
import { told } from './login-events.js';
import { LoginStore } from './login-store.js';

/** Logins of whoever is signed in that show no page (OpenID Connect Core §3.1.2.1, `prompt=none`). */
@Controller()
export class SilentHandlers {
  constructor(
    private readonly trees: FlowTrees,
    private readonly runner: FlowRunner,
    private readonly logins: LoginStore,
  ) {}

  @Answers(flows.pass)
  async pass({ realm, clientId, overrides, session, visitor, wanted }: Pass): Promise<SilentlyPassed> {
    const { version, bindings } = await this.trees.ofRealm(realm.id);
    const flow = await this.trees.tree(realm.id, version, overrides?.browser ?? bindings.browserFlow);
    if (!flow) throw new AppError('internal');
    const run = newRun({ id: randomUUID(), kind: 'browser', realm, clientId, visitor, session }, flow);
    if (wanted) run.progress = { ...run.progress, wanted };
    const stop = await this.runner.advance(run);
    // What it would begin with is not sent either.
    if (isPage(stop)) return { kind: 'asks' };
    await this.logins.leave(run, told(run));
    if (stop.kind === 'done') return { kind: 'done', finished: stop.finished };
    return { kind: 'refused', ...(stop.kind === 'failed' && stop.unmet ? { unmet: true } : {}) };
  }
}
