import { Injectable } from '@nestjs/common';
import { Bus } from '@tumbler/bus';
import { Clock } from '@tumbler/clock';
import { credentials } from '@tumbler/contract-credentials';
import { text, type Form, type Text } from '@tumbler/contract-flows';
import { users } from '@tumbler/contract-users';
import {
  isErrand,
  type Input,
  type LoginInfo,
  type Passed,
  type Settled,
  type Turn,
} from '../authenticators/authenticator.js';
import { RequiredActions } from '../required-actions/index.js';
import { localeToKeep } from '../required-actions/update-user-locale/update-user-locale.js';
import { explained } from './action-page.js';
import { ActionRunner } from './action-runner.js';
import { isTooOld } from './asked-action.js';
import { besideUser } from './beside-user.js';
import { finish } from './finish.js';
import { findLeaf, type Leaf } from './flow.js';
import { timesOf } from './levels.js';
import { factsOf, learn, type Progress } from './progress.js';
import { proven } from './proven.js';
import {
  asks,
  attemptOf,
  fail,
  post,
  REASONS,
  tellError,
  type AskingLeaf,
  type Page,
  type Run,
  type Stop,
} from './run.js';
import { waysAt } from './selection.js';
import { remember } from './trace.js';
import { choiceOf, offering } from './try-another-way.js';
import { walk, type Decided } from './walk.js';

/** Acts: calls the step that `walk` decided on, takes its verdict in, and walks again. */
@Injectable()
export class FlowRunner {
  constructor(
    private readonly bus: Bus,
    private readonly clock: Clock,
    private readonly actions: RequiredActions,
    private readonly actionRunner: ActionRunner,
  ) {}

  /** Carries a login on until the user has to be asked, or it ends. */
  async advance(run: Run): Promise<Stop> {
    const closed = closedBy(run.login);
    if (closed) return fail(run, ...closed);
    for (;;) {
      const { user, proofs } = run.progress;
      // Told only to somebody who has proven something: before that it would tell which accounts exist.
      if (user?.enabled === false && proofs.length > 0) {
        return fail(run, 'user_disabled', text('accountDisabledMessage'));
      }
      const { next, statuses, setUps, trace } = walk(run.flow, run.progress.statuses, factsOf(run.progress));
      const sessionActions = [...new Set([...run.progress.sessionActions, ...setUps])];
      const levelTimes = timesOf(run.flow, statuses, run.progress.levelTimes, this.clock.seconds());
      run.progress = { ...run.progress, statuses, sessionActions, ...(levelTimes ? { levelTimes } : {}) };
      remember(run, trace, this.clock.now());
      if (next.kind === 'failed') return fail(run, ...REASONS[next.reason]);
      if (next.kind === 'passed') return this.actionRunner.next(run) ?? this.end(run);

      const { step } = next;
      const settled = await this.settled(run, step);
      if (!settled && asks(step)) return this.opened(run, step);
      if (!settled) return fail(run, ...REASONS.unsupported);
      const stop = this.take(run, step, settled);
      if (stop) return stop;
    }
  }

  /** Takes in what the user answered to the page that was shown last, and carries on. */
  async answer(run: Run, input: Input): Promise<Stop> {
    const page = closedBy(run.login) ? undefined : this.waitsAt(run);
    if (page?.kind === 'step') return this.choose(run, page, input) ?? this.answerStep(run, page.step, input);
    const stop = page && (await this.actionRunner.answer(run, page, input));
    return stop ?? this.advance(run);
  }

  /** The page that the login waits at; where there is nothing to wait for any more, it goes on. */
  async present(run: Run): Promise<Stop> {
    const page = this.waitsAt(run);
    if (page?.kind === 'action' && (await this.actionRunner.doneElsewhere(run, page)))
      return this.advance(run);
    return page ?? this.advance(run);
  }

  /** The form of a page, with what every page of a login has. */
  async form(run: Run, page: Page): Promise<Form> {
    const { progress } = run;
    const { user, choosing } = progress;
    const ways = page.kind === 'step' ? waysAt(run, page) : [];
    const form = choosing && ways.length > 1 ? choiceOf(ways) : await this.formOf(run, page, ways);
    // There is nothing to go back to before a link that an administrator sent.
    if (!user || run.login.kind === 'actions') return form;
    const restart = { id: 'reset-login', label: text('restartLoginTooltip'), to: 'restart' as const };
    return { ...form, attemptedUsername: user.username, links: [...(form.links ?? []), restart] };
  }

  private async formOf(run: Run, page: Page, ways: AskingLeaf[]): Promise<Form> {
    const form = page.form ?? (await this.ask(run, page));
    return page.kind === 'step' ? offering(ways, form) : explained(page, form);
  }

  /**
   * Answers where the login stops when the user asks for another way, or takes one. Any step may be taken that the flow
   * would have come to by itself: a choice changes the order of what is asked, never what is.
   */
  private choose(run: Run, page: Page, input: Input): Stop | Promise<Stop> | undefined {
    const { choosing: _, ...progress } = run.progress;
    const { authenticationExecution: wanted, tryAnotherWay } = input;
    run.progress = progress;
    if (wanted === undefined && tryAnotherWay === undefined) return undefined;
    const ways = waysAt(run, page);
    if (wanted === undefined) {
      run.progress = { ...progress, choosing: ways.length > 1 };
      return page;
    }
    if (ways.some(({ id }) => id === wanted)) run.progress = { ...progress, chosen: wanted };
    return this.advance(run);
  }

  /** A page that the login comes to may begin with a letter. */
  private opened(run: Run, step: AskingLeaf): Page {
    this.note(run, step, 'asked');
    if (step.id !== run.execution) post(run, step.authenticator.opens?.(this.turn(run, step)));
    return { kind: 'step', execution: step.id, step };
  }

  private ask(run: Run, page: Page): Form | Promise<Form> {
    return page.kind === 'step'
      ? page.step.authenticator.ask(this.turn(run, page.step))
      : this.actionRunner.ask(run, page);
  }

  private waitsAt(run: Run): Page | undefined {
    const { flow, execution } = run;
    const step = findLeaf(flow, execution);
    return step && asks(step) ? { kind: 'step', execution, step } : this.actionRunner.page(run, execution);
  }

  private async answerStep(run: Run, step: AskingLeaf, input: Input): Promise<Stop> {
    const answered = step.authenticator.answer(this.turn(run, step), input);
    const outcome = await besideUser(this.bus, run, answered);
    if (outcome.kind !== 'refused') return this.take(run, step, outcome) ?? this.advance(run);

    // Who was meant is told, and not taken over: nothing was proven.
    const { error, details, form, letters } = outcome;
    post(run, letters);
    if (error) {
      this.note(run, step, 'refused', error);
      tellError(run, error, details, outcome.found?.user?.id);
    }
    return { kind: 'step', execution: step.id, step, form };
  }

  /** The verdict of a step that needs no page. */
  private async settled(run: Run, step: Leaf): Promise<Settled | undefined> {
    const { authenticator } = step;
    if (authenticator.kind === 'decides') return authenticator.decide(this.turn(run, step));
    return authenticator.kind === 'asks' ? authenticator.settles?.(this.turn(run, step)) : undefined;
  }

  /** Takes the verdict of a step in; answers where the login stops because of it, if it does. */
  private take(run: Run, step: Leaf, outcome: Settled): Stop | undefined {
    this.note(run, step, outcome.kind, outcome.kind === 'failed' ? outcome.error : undefined);
    if (outcome.kind === 'failed') return fail(run, outcome.error, outcome.text, outcome.status);
    const { user, proofs } = run.progress;
    // What one user has proven must never let another one in.
    const isAnother = outcome.found && outcome.found.user?.id !== user?.id;
    if (isAnother && (user || proofs.length > 0)) {
      return fail(run, 'different_user_authenticated', text('invalidUserMessage'));
    }
    const { session, keptLevels } = outcome;
    const progress = mark(learn(run.progress, outcome), step, outcome.kind);
    if (outcome.credentials) run.isCurrent = true;
    if (session && isTooOld(session.authTime, progress, this.actions, this.clock.seconds())) {
      run.progress = mark(run.progress, step, 'attempted');
      return undefined;
    }
    run.progress = { ...progress, ...(session ? { session, keptLevels } : {}) };
    if (outcome.kind === 'passed') this.pass(run, outcome);
    return undefined;
  }

  private pass(run: Run, passed: Passed): void {
    const { progress } = run;
    const { proofs } = progress;
    const due = progress.actions.filter(({ providerId }) => passed.asksFor?.includes(providerId));
    run.progress = {
      ...progress,
      sessionActions: [...new Set([...progress.sessionActions, ...due.map(({ alias }) => alias)])],
      proofs: passed.proved
        ? [...proofs, proven(passed.proved, progress.credentials, this.clock.seconds())]
        : proofs,
      rememberMe: progress.rememberMe || passed.rememberMe === true,
      ...(passed.claimed ? { claimed: passed.claimed } : {}),
    };
    run.events.push(...(passed.events ?? []));
    if (passed.registered) {
      const { email } = run.progress.user ?? {};
      run.events.push({
        type: 'REGISTER',
        details: { register_method: 'form', ...(email ? { email } : {}) },
      });
    }
  }

  private async end(run: Run): Promise<Stop> {
    if (isErrand(run.login.kind)) return this.errandDone(run);
    await this.makeCurrent(run);
    const { login, flow, progress, redirectUri } = run;
    const ending = finish({
      login,
      flow,
      progress,
      redirectUri,
      actions: this.actions,
      now: this.clock.seconds(),
    });
    if (ending.kind === 'failed') {
      const { error, text, status, unmet } = ending;
      return { ...fail(run, error, text, status), ...(unmet ? { unmet } : {}) };
    }
    const kept = localeToKeep(progress, login.locale);
    if (kept) {
      const { userId } = ending.finished;
      await this.bus.call(users.finishAction, { realmId: login.realm.id, userId, ...kept });
    }
    run.events.push({ type: 'LOGIN' });
    return ending;
  }

  /** Reads what `finish` holds the proofs against, where the answers of this request did not tell it. */
  private async makeCurrent(run: Run): Promise<void> {
    const { user, proofs } = run.progress;
    if (run.isCurrent || !user || proofs.length === 0) return;
    const who = { realmId: run.login.realm.id, userId: user.id };
    run.progress = learn(run.progress, { credentials: await this.bus.call(credentials.has, who) });
  }

  /** Looks again, as `finish` does: was it this user, and is everything done that was to be done? */
  private errandDone(run: Run): Stop {
    const { login, flow, progress } = run;
    const { user, proofs, sessionActions } = progress;
    const isProven = proofs.some(({ type }) => type === 'email') && progress.statuses[flow.id] === 'passed';
    if (!user?.enabled || !isProven || sessionActions.length > 0) {
      return fail(run, 'invalid_user_credentials', text('credentialSetupRequired'));
    }
    run.events.push({ type: login.kind === 'actions' ? 'EXECUTE_ACTIONS' : 'RESET_PASSWORD' });
    return {
      kind: 'info',
      text: text('accountUpdatedMessage'),
      ...(progress.endOtherSessions ? { endSessionsOf: user.id } : {}),
    };
  }

  private turn(run: Run, step: Leaf): Turn {
    const { login, query, progress } = run;
    const { statuses, claimed } = progress;
    return {
      ...{ login, facts: factsOf(progress), claimed, flow: run.flow, statuses, step },
      ...{ bus: this.bus, query, attempt: attemptOf(run), now: this.clock.seconds() },
    };
  }

  private note(run: Run, { id, authenticator }: Leaf, decided: Decided, why?: string): void {
    const decision = { step: id, name: authenticator.id, decided, ...(why ? { why } : {}) };
    remember(run, [decision], this.clock.now());
  }
}

/** What the realm has switched off, before the login began or since. */
function closedBy({ kind, realm }: LoginInfo): [error: string, why: Text] | undefined {
  if (kind === 'registration' && !realm.registrationAllowed)
    return ['registration_disabled', text('registrationNotAllowedMessage')];
  if (kind === 'reset-credentials' && !realm.resetPasswordAllowed)
    return ['reset_credential_disabled', text('resetCredentialNotAllowedMessage')];
  return undefined;
}

const mark = (progress: Progress, step: Leaf, status: 'passed' | 'attempted'): Progress => ({
  ...progress,
  statuses: { ...progress.statuses, [step.id]: status },
});
