import { Injectable } from '@nestjs/common';
import { Bus } from '@tumbler/bus';
import { Clock } from '@tumbler/clock';
import { credentials, type CredentialSummary } from '@tumbler/contract-credentials';
import { text, type Form, type Text } from '@tumbler/contract-flows';
import { users, type FoundUser } from '@tumbler/contract-users';
import type { Input } from '../authenticators/authenticator.js';
import { noticesOf } from '../mail/notice.js';
import { RequiredActions } from '../required-actions/index.js';
import type { ActionDone, ActionOutcome, ActionTurn } from '../required-actions/required-action.js';
import { afterAction } from './after-action.js';
import { askedAction } from './asked-action.js';
import { besideUser } from './beside-user.js';
import { learn, pendingActions, type PendingAction, type Progress } from './progress.js';
import { stillCount } from './proven.js';
import { attemptOf, fail, post, REASONS, type ActionPage, type Run, type Stop } from './run.js';
import { remember } from './trace.js';

/** Has users do what is required of them, one action after the other, once the flow has let them through. */
@Injectable()
export class ActionRunner {
  constructor(
    private readonly bus: Bus,
    private readonly clock: Clock,
    private readonly actions: RequiredActions,
  ) {}

  /**
   * The page of the action that is to be done next. A login in one request has no page to ask it on: it ends, and
   * `finish` sees that something is left to do.
   */
  next(run: Run): ActionPage | undefined {
    const { login, progress } = run;
    const [pending] = login.kind === 'grant' ? [] : pendingActions(login, progress, this.actions);
    const page = this.pageOf(pending);
    if (!page) return undefined;
    const { execution, action } = page;
    remember(run, [{ step: execution, name: action.id, decided: 'required action' }], this.clock.now());
    if (execution !== run.execution) post(run, action.opens?.(this.turn(run, page)));
    return page;
  }

  /** The page of the action of that alias, while it is still to be done. */
  page({ login, progress }: Run, alias: string): ActionPage | undefined {
    return this.pageOf(pendingActions(login, progress, this.actions).find((each) => each.alias === alias));
  }

  ask(run: Run, page: ActionPage): Form | Promise<Form> {
    return page.action.ask(this.turn(run, page));
  }

  /** Takes in what the user answered to a page; answers where the login stops because of it, if it does. */
  async answer(run: Run, page: ActionPage, input: Input): Promise<Stop | undefined> {
    const isCancelled = page.pending.initiated && input['cancel-aia'] !== undefined;
    const { progress: before } = run;
    const { found, has } = await this.lookAgain(run);
    const lost = lossOf(found, before, has);
    if (lost) return fail(run, ...lost);
    const outcome: ActionOutcome | { kind: 'cancelled' } = isCancelled
      ? { kind: 'cancelled' }
      : await page.action.answer(this.turn(run, page), input);
    run.progress = learn(before, { found });
    switch (outcome.kind) {
      case 'cancelled':
        this.cancelled(run, page);
        return undefined;
      case 'again':
        if (outcome.event) run.events.push(outcome.event);
        post(run, outcome.letters);
        return { ...page, form: outcome.form };
      case 'gone':
        run.progress = before;
        run.events.push(...outcome.events);
        return { kind: 'info', text: outcome.text, endSessionsOf: before.user?.id };
      case 'failed': {
        const { error } = outcome;
        const details = { custom_required_action: page.action.id };
        run.events.push({ type: 'CUSTOM_REQUIRED_ACTION_ERROR', error, details });
        return outcome;
      }
      case 'done':
        await this.done(run, page.execution, outcome);
        return undefined;
    }
  }

  /** Takes in that the user has done elsewhere what a page asks for; answers whether they have. */
  async doneElsewhere(run: Run, { execution, action }: ActionPage): Promise<boolean> {
    if (!action.doneElsewhere) return false;
    await besideUser(this.bus, run, Promise.resolve());
    const { user } = run.progress;
    if (!user || !action.doneElsewhere(user)) return false;
    await this.done(run, execution, { kind: 'done', events: [] });
    return true;
  }

  /** The user and what they can prove with, as they are now. */
  private async lookAgain(run: Run): Promise<{ found: FoundUser; has: CredentialSummary[] }> {
    const { login, progress } = run;
    const who = { realmId: login.realm.id, userId: progress.user?.id ?? '' };
    const [found, has] = await Promise.all([
      this.bus.call(users.get, who),
      this.bus.call(credentials.has, who),
    ]);
    run.isCurrent = true;
    return { found, has };
  }

  /** The user goes back to the application without having done what it asked for. */
  private cancelled(run: Run, { action }: ActionPage): void {
    const { asked } = run.progress;
    run.progress = { ...run.progress, ...(asked ? { asked: { ...asked, outcome: 'cancelled' } } : {}) };
    const details = { custom_required_action: action.id };
    run.events.push({ type: 'CUSTOM_REQUIRED_ACTION_ERROR', error: 'rejected_by_user', details });
  }

  /** The credential is there already; only then the demand for it goes, so that a crash between them asks once more. */
  private async done(run: Run, alias: string, done: ActionDone): Promise<void> {
    const { user, actions } = run.progress;
    const { attributes, asksFor } = done;
    const who = { realmId: run.login.realm.id, userId: user?.id ?? '' };
    const due = actions.filter(({ providerId }) => asksFor?.includes(providerId)).map(({ alias }) => alias);
    for (const next of due) await this.bus.call(users.addAction, { ...who, alias: next });
    if (attributes || user?.requiredActions.includes(alias)) {
      await this.bus.call(users.finishAction, { ...who, alias, ...(attributes ? { attributes } : {}) });
    }
    const isAsked = askedAction(run.progress, this.actions)?.alias === alias;
    run.progress = afterAction(run.progress, alias, { ...done, due, isAsked });
    run.events.push(...done.events);
    post(run, done.letters);
    if (user) post(run, noticesOf(done.events, user));
  }

  private pageOf(pending: PendingAction | undefined): ActionPage | undefined {
    const action = pending && this.actions.get(pending.providerId);
    return action && { kind: 'action', execution: pending.alias, action, pending };
  }

  private turn(run: Run, { pending }: ActionPage): ActionTurn {
    const { config = {}, parameter } = pending;
    const { login, query, progress } = run;
    const { user, credentials, actions } = progress;
    if (!user) throw new Error('a required action without a user');
    const about = { login, user, credentials, actions, config, ...(parameter ? { parameter } : {}) };
    return { ...about, bus: this.bus, query, attempt: attemptOf(run), now: this.clock.seconds() };
  }
}

/**
 * Why nothing may be done: a page that was left open must not give an account back to whoever has lost it since. Of a user
 * who is gone nothing can be taken, and the same form may have done that, whose reply was lost.
 */
function lossOf(
  { user }: FoundUser,
  { proofs }: Progress,
  credentials: CredentialSummary[],
): [error: string, why: Text] | undefined {
  if (!user) return undefined;
  if (!user.enabled) return ['user_disabled', text('accountDisabledMessage')];
  return stillCount({ user, proofs, credentials }) ? undefined : REASONS.invalid_credentials;
}
