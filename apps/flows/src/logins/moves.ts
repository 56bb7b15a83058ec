import { Injectable } from '@nestjs/common';
import { Clock } from '@tumbler/clock';
import type { Form, LoginStep } from '@tumbler/contract-flows';
import { randomBytes } from 'node:crypto';
import { FlowRunner } from '../engine/flow-runner.js';
import { NO_PROGRESS, type Progress } from '../engine/progress.js';
import { isPage, type Page, type Run, type Stop } from '../engine/run.js';
import { ENDED_KEPT, type Move } from './login-store.js';

/** Where a run has stopped, as it is saved, and as it is answered. */
@Injectable()
export class Moves {
  constructor(
    private readonly runner: FlowRunner,
    private readonly clock: Clock,
  ) {}

  async of(run: Run, stop: Stop, expiresAt: Date): Promise<{ move: Move; step: LoginStep }> {
    const { progress, trace } = run;
    const code = randomBytes(16).toString('base64url');
    if (isPage(stop)) {
      const form = await this.runner.form(run, stop);
      const { execution } = stop;
      return { move: { execution, code, progress, trace, expiresAt }, step: shown(run, stop, code, form) };
    }
    const finished = stop.kind === 'done' ? stop.finished : null;
    // Of a login that is over nobody needs to know more than its end.
    const move = {
      ...{ execution: '', code, progress: NO_PROGRESS, trace },
      expiresAt: this.later(ENDED_KEPT),
      ended: { finished },
    };
    return { move, step: this.ending(run, stop) };
  }

  later(seconds: number): Date {
    return new Date(this.clock.now().getTime() + seconds * 1000);
  }

  private ending({ login, redirectUri }: Run, stop: Exclude<Stop, Page>): LoginStep {
    switch (stop.kind) {
      case 'done':
        return { kind: 'done', login: login.id, finished: stop.finished };
      case 'info':
        return { ...stop, ...(redirectUri ? { redirectUri } : {}) };
      case 'failed':
        return {
          kind: 'failed',
          error: stop.text,
          status: stop.status,
          ...(stop.unmet ? { unmet: true } : {}),
          ...(stop.error === 'rejected_by_user' ? { declined: true } : {}),
        };
    }
  }
}

/** A page as it is answered. */
export const shown = (run: Run, { execution }: Page, code: string, form: Form): LoginStep => {
  const { login, progress } = run;
  const locale = languageOf(progress);
  return {
    ...{ kind: 'form', login: login.id, execution, code, clientId: login.clientId, form },
    ...(locale ? { locale } : {}),
  };
};

/** Of whom nothing is proven, no page shows anything: it would tell who has an account. */
const languageOf = ({ user, proofs, session }: Progress): string | undefined =>
  proofs.length > 0 || session ? user?.attributes.locale?.[0] : undefined;
