import { Bus } from '@tumbler/bus';
import { Clock } from '@tumbler/clock';
import type { UserEventType } from '@tumbler/contract-events';
import { text, type FinishedLogin, type Form, type Text } from '@tumbler/contract-flows';
import { users, type FoundUser } from '@tumbler/contract-users';
import { createHash } from 'node:crypto';
import type { Asks, Input, LoginInfo, Passed, Settled, Turn } from '../authenticators/authenticator.js';
import { RequiredActions } from '../required-actions/index.js';
import type { ActionOutcome, ActionTurn, RequiredAction } from '../required-actions/required-action.js';
import type { EnabledAction } from './facts.js';
import { finish } from './finish.js';
import { findLeaf, type Flow, type Leaf } from './flow.js';
import { factsOf, learn, pendingActions, type Progress } from './progress.js';
import { walk, type Decision, type FailReason } from './walk.js';

/** One login while a request works on it. What is changed here is saved by whoever called, or not at all. */
export interface Run {
  login: LoginInfo;
  flow: Flow;
  progress: Progress;
  redirectUri?: string;
  /** The step that the user was asked for: the id of an execution, or the alias of a required action. */
  execution: string;
  /** The one-time code of the form that was shown for it. */
  code: string;
  query: Input;
  /** What is told once this is saved. */
  events: RunEvent[];
  /** How the last walk went. */
  trace: Decision[];
}

export interface RunEvent {
  type: UserEventType;
  error?: string;
  userId?: string;
  details?: Record<string, string>;
}

/** Where a login stops: at a page, or at its end. */
export type Stop =
  | { kind: 'step'; execution: string; step: Leaf & { authenticator: Asks }; form?: Form }
  | { kind: 'action'; execution: string; action: RequiredAction; form?: Form }
  | { kind: 'done'; finished: FinishedLogin }
  | { kind: 'failed'; error: string; text: Text; status: 400 | 403 };

/** Acts: calls the step that `walk` decided on, takes its verdict in, and walks again. */
export class FlowRunner {
  constructor(
    private readonly bus: Bus,
    private readonly clock: Clock,
    private readonly actions: RequiredActions,
  ) {}

  /** Carries a login on until the user has to be asked, or it ends. */
  async advance(run: Run): Promise<Stop> {
    if (isClosed(run.login)) return this.closed(run);
    for (;;) {
      const { user, proofs } = run.progress;
      // Told only to somebody who has proven something: before that it would tell which accounts exist.
      if (user?.enabled === false && proofs.length > 0) {
        return this.fail(run, 'user_disabled', text('accountDisabledMessage'));
      }
      const { next, statuses, setUps, trace } = walk(run.flow, run.progress.statuses, factsOf(run.progress));
      const sessionActions = [...new Set([...run.progress.sessionActions, ...setUps])];
      run.progress = { ...run.progress, statuses, sessionActions };
      run.trace = trace;
      if (next.kind === 'failed') return this.fail(run, ...failures[next.reason]);
      if (next.kind === 'passed') return this.actOrFinish(run);

      const { step } = next;
      if (asks(step)) return { kind: 'step', execution: step.id, step };
      if (step.authenticator.kind !== 'decides') return this.fail(run, ...failures.unsupported);
      const stop = this.take(run, step, await step.authenticator.decide(this.turn(run, step)));
      if (stop) return stop;
    }
  }

  /** Takes in what the user answered to the page that was shown last, and carries on. */
  async answer(run: Run, input: Input): Promise<Stop> {
    if (isClosed(run.login)) return this.closed(run);
    const step = findLeaf(run.flow, run.execution);
    if (step && asks(step)) return this.answerStep(run, step, input);
    const pending = pendingActions(run.progress, this.actions).find(({ alias }) => alias === run.execution);
    const action = pending && this.actions.get(pending.providerId);
    return action ? this.answerAction(run, pending, action, input) : this.advance(run);
  }

  /** The page that the login waits at; where its step has gone from the flow, or from the user, the one it goes on with. */
  async present(run: Run): Promise<Stop> {
    const step = findLeaf(run.flow, run.execution);
    if (step && asks(step)) return { kind: 'step', execution: step.id, step };
    const pending = pendingActions(run.progress, this.actions).find(({ alias }) => alias === run.execution);
    const action = pending && this.actions.get(pending.providerId);
    return action ? { kind: 'action', execution: pending.alias, action } : this.advance(run);
  }

  /** The form of a stop, with what every page of a login has. */
  async form(run: Run, stop: Stop & { kind: 'step' | 'action' }): Promise<Form> {
    const form =
      stop.form ??
      (stop.kind === 'step'
        ? await stop.step.authenticator.ask(this.turn(run, stop.step))
        : await stop.action.ask(this.actionTurn(run)));
    const { user } = run.progress;
    if (!user) return form;
    const restart = { id: 'reset-login', label: text('restartLoginTooltip'), to: 'restart' as const };
    return { ...form, attemptedUsername: user.username, links: [...(form.links ?? []), restart] };
  }

  /** Where nobody can be asked: a step that wants a page is a credential that was not given. */
  refuse(run: Run): Stop {
    return this.fail(run, ...failures.invalid_credentials);
  }

  private closed(run: Run): Stop {
    return this.fail(run, 'registration_disabled', text('registrationNotAllowedMessage'));
  }

  private async answerStep(run: Run, step: Leaf & { authenticator: Asks }, input: Input): Promise<Stop> {
    const answered = step.authenticator.answer(this.turn(run, step), input);
    const [outcome, found] = await Promise.all([answered, this.userToday(run)]);
    if (found) run.progress = learn(run.progress, { found });
    if (outcome.kind !== 'refused') return this.take(run, step, outcome) ?? this.advance(run);

    // Who was meant is told, and not taken over: nothing was proven.
    const { error, details, form } = outcome;
    if (error) this.tellError(run, error, { ...details }, outcome.found?.user?.id);
    return { kind: 'step', execution: step.id, step, form };
  }

  private async answerAction(
    run: Run,
    pending: EnabledAction,
    action: RequiredAction,
    input: Input,
  ): Promise<Stop> {
    // Read at the same time, since this may be the request that ends the login and the account may have been disabled.
    const answered = action.answer(this.actionTurn(run), input);
    const [outcome, found] = await Promise.all([answered, this.userToday(run)]);
    if (found) run.progress = learn(run.progress, { found });

    if (outcome.kind === 'failed') {
      return this.fail(run, outcome.error, outcome.text, outcome.status, 'CUSTOM_REQUIRED_ACTION_ERROR', {
        custom_required_action: action.id,
      });
    }
    if (outcome.kind === 'again') {
      if (outcome.event) run.events.push(outcome.event);
      return { kind: 'action', execution: pending.alias, action, form: outcome.form };
    }
    await this.actionDone(run, pending.alias, outcome);
    return this.advance(run);
  }

  /** The credential is there already; only then the demand for it goes, so that a crash between them asks once more. */
  private async actionDone(
    run: Run,
    alias: string,
    outcome: ActionOutcome & { kind: 'done' },
  ): Promise<void> {
    const { user, credentials, sessionActions, endOtherSessions } = run.progress;
    if (user?.requiredActions.includes(alias)) {
      await this.bus.call(users.finishAction, { realmId: run.login.realm.id, userId: user.id, alias });
    }
    run.progress = {
      ...run.progress,
      ...(user
        ? {
            user: {
              ...user,
              ...outcome.user,
              requiredActions: user.requiredActions.filter((other) => other !== alias),
            },
          }
        : {}),
      credentials: outcome.credential ? [...credentials, outcome.credential] : credentials,
      sessionActions: sessionActions.filter((other) => other !== alias),
      endOtherSessions: endOtherSessions || outcome.endOtherSessions === true,
    };
    run.events.push(...outcome.events);
  }

  /** Takes the verdict of a step in; answers where the login stops because of it, if it does. */
  private take(run: Run, step: Leaf, outcome: Settled): Stop | undefined {
    switch (outcome.kind) {
      case 'passed':
        return this.pass(run, step, outcome);
      case 'attempted':
        run.progress = mark(run.progress, step, 'attempted');
        return undefined;
      case 'failed':
        return this.fail(run, outcome.error, outcome.text, outcome.status);
    }
  }

  private pass(run: Run, step: Leaf, passed: Passed): Stop | undefined {
    const { user, proofs } = run.progress;
    // What one user has proven must never let another one in.
    const other = passed.found && passed.found.user?.id !== user?.id;
    if (other && (user || proofs.length > 0)) {
      return this.fail(run, 'different_user_authenticated', text('invalidUserMessage'));
    }
    const progress = mark(learn(run.progress, passed), step, 'passed');
    run.progress = {
      ...progress,
      proofs: passed.proved ? [...proofs, passed.proved] : proofs,
      rememberMe: progress.rememberMe || passed.rememberMe === true,
      ...(passed.session ? { session: passed.session } : {}),
    };
    if (passed.registered) {
      const { username = '', email } = run.progress.user ?? {};
      run.events.push({
        type: 'REGISTER',
        details: { register_method: 'form', username, ...(email ? { email } : {}) },
      });
    }
    return undefined;
  }

  private actOrFinish(run: Run): Stop {
    const [pending] = pendingActions(run.progress, this.actions);
    const action = pending && this.actions.get(pending.providerId);
    if (action && run.login.kind !== 'grant') return { kind: 'action', execution: pending.alias, action };

    const { login, flow, progress, redirectUri } = run;
    const ending = finish({
      login,
      flow,
      progress,
      redirectUri,
      actions: this.actions,
      now: this.clock.now(),
    });
    if (ending.kind === 'failed') return this.fail(run, ending.error, ending.text, ending.status);
    run.events.push({ type: 'LOGIN' });
    return ending;
  }

  private fail(
    run: Run,
    error: string,
    why: Text,
    status: 400 | 403 = 400,
    type?: UserEventType,
    details: Record<string, string> = {},
  ): Stop {
    if (type) run.events.push({ type, error, details });
    else this.tellError(run, error, details);
    return { kind: 'failed', error, text: why, status };
  }

  private tellError(run: Run, error: string, details: Record<string, string>, userId?: string): void {
    const passed = run.progress.proofs.map(({ type }) => type).join(', ');
    run.events.push({
      type: run.login.kind === 'registration' ? 'REGISTER_ERROR' : 'LOGIN_ERROR',
      error,
      ...(userId ? { userId } : {}),
      // A right password before a wrong code is what an owner wants to hear of (OWASP C-02).
      details: { ...details, ...(passed ? { passed_credentials: passed } : {}) },
    });
  }

  /** The user as users has them now; undefined while the login knows nobody. */
  private async userToday({ login, progress: { user } }: Run): Promise<FoundUser | undefined> {
    return user && this.bus.call(users.get, { realmId: login.realm.id, userId: user.id });
  }

  private turn(run: Run, step: Leaf): Turn {
    const { login, query } = run;
    return { login, facts: factsOf(run.progress), step, bus: this.bus, query, attempt: attemptOf(run) };
  }

  private actionTurn(run: Run): ActionTurn {
    const { login, query, progress } = run;
    const { user, credentials } = progress;
    if (!user) throw new Error('a required action without a user');
    return { login, user, credentials, bus: this.bus, query, attempt: attemptOf(run) };
  }
}

/** What is told, and what is said, when a flow cannot be passed. */
const failures: Record<FailReason, [error: string, why: Text]> = {
  unknown_user: ['user_not_found', text('invalidUserMessage')],
  invalid_credentials: ['invalid_user_credentials', text('invalidUserMessage')],
  credential_setup_required: ['invalid_user_credentials', text('credentialSetupRequired')],
  unsupported: ['not_allowed', text('unexpectedErrorMessage')],
};

/** Registration that the realm has switched off, before the login began or since. */
const isClosed = ({ kind, realm }: LoginInfo): boolean =>
  kind === 'registration' && !realm.registrationAllowed;

const asks = (step: Leaf): step is Leaf & { authenticator: Asks } => step.authenticator.kind === 'asks';

const mark = (progress: Progress, step: Leaf, status: 'passed' | 'attempted'): Progress => ({
  ...progress,
  statuses: { ...progress.statuses, [step.id]: status },
});

/** The same form with the same input is the same attempt: after a lost reply it may be sent again, and nothing else may. */
const attemptOf =
  ({ login, code }: Run) =>
  (...input: string[]): string =>
    createHash('sha256')
      .update(JSON.stringify([login.id, code, ...input]))
      .digest('base64url');
