import { Controller } from '@nestjs/common';
import { Answers } from '@tumbler/bus';
import { Clock } from '@tumbler/clock';
import type { Told } from '@tumbler/contract-events';
import {
  flows,
  Show,
  Start,
  Submit,
  text,
  type FlowKind,
  type Form,
  type LoginStep,
} from '@tumbler/contract-flows';
import { AppError } from '@tumbler/errors';
import { randomUUID } from 'node:crypto';
import type { LoginInfo } from '../authenticators/authenticator.js';
import { line } from '../authenticators/typed.js';
import { FlowTrees } from '../definitions/flow-trees.js';
import { askedBy } from '../engine/asked-action.js';
import type { Flow } from '../engine/flow.js';
import { FlowRunner } from '../engine/flow-runner.js';
import { NO_PROGRESS, restarted } from '../engine/progress.js';
import { isPage, newRun, type Run, type Stop } from '../engine/run.js';
import { told } from './login-events.js';
import { LoginStore, type LoadedLogin } from './login-store.js';
import { Moves, shown } from './moves.js';

/** A reply may be lost on its way: the browser that ended a login may ask for its end again for so long. */
const ANSWERED_AGAIN_MS = 60_000;

const EXPIRED: LoginStep = { kind: 'expired' };

const BINDINGS = {
  browser: 'browserFlow',
  registration: 'registrationFlow',
  'reset-credentials': 'resetCredentialsFlow',
} as const satisfies Record<FlowKind, string>;

/**
 * Logins, from the first page to the last. Each answer is worked out first and saved in one piece afterwards; where
 * anything that is asked on the way does not answer, nothing is saved and the same form can be sent again.
 */
@Controller()
export class LoginsHandlers {
  constructor(
    private readonly trees: FlowTrees,
    private readonly runner: FlowRunner,
    private readonly logins: LoginStore,
    private readonly moves: Moves,
    private readonly clock: Clock,
  ) {}

  @Answers(flows.start)
  async start(question: Start): Promise<LoginStep> {
    const { realm, flow: kind, clientId, redirectUri, browser, notice, action, wanted } = question;
    const loginHint = line(question.loginHint);
    const { version, bindings } = await this.trees.ofRealm(realm.id);
    const flowId = (kind === 'browser' && question.overrides?.browser) || bindings[BINDINGS[kind]];
    const id = randomUUID();
    const run = newRun(
      { id, kind, clientId, ...(loginHint ? { loginHint } : {}), ...visitOf(question) },
      await this.flow(realm.id, version, flowId),
    );
    run.redirectUri = redirectUri;
    run.progress = {
      ...NO_PROGRESS,
      ...(action ? { asked: askedBy(clientId, action) } : {}),
      ...(wanted ? { wanted } : {}),
    };

    const stop = await this.runner.advance(run);
    const { move, step } = await this.moves.of(run, stop, this.moves.later(realm.loginLifespan));
    await this.logins.add(
      {
        ...{ id, realmId: realm.id, flowId, kind, clientId, browser },
        redirectUri: redirectUri ?? null,
        loginHint: loginHint || null,
        ...move,
      },
      told(run),
      { realm, letters: run.letters },
    );
    return notice ? withMessage(step, { kind: 'error', text: text(notice) }) : step;
  }

  @Answers(flows.show)
  async show(question: Show): Promise<LoginStep> {
    const login = await this.load(question);
    if (!login) return EXPIRED;
    if (login.endedAt) return this.ended(login);
    if (question.restart) return this.restart(question, login);
    return this.present(question, login);
  }

  @Answers(flows.submit)
  async submit(question: Submit): Promise<LoginStep> {
    const login = await this.load(question);
    if (!login) return EXPIRED;
    if (login.endedAt) return this.ended(login);
    // A form can be sent once, and only for the step that it was for: of any other nothing is looked at.
    if (question.code !== login.code || question.execution !== login.execution) {
      return this.presentInstead(question, login);
    }
    const run = await this.resume(question, login);
    const stop = await this.runner.answer(run, question.fields);
    return this.save(question, login, run, stop);
  }

  /** A login that goes on with a session is over with it: whoever was signed out must not go on where a page was open. */
  private async load({ login, realm, browser, session }: Show | Submit): Promise<LoadedLogin | undefined> {
    const loaded = await this.logins.load({ id: login, realmId: realm.id, browser });
    const goesOn = loaded?.progress.session;
    return goesOn && goesOn.id !== session?.id ? undefined : loaded;
  }

  private ended({ id, endedAt, finished }: LoadedLogin): LoginStep {
    const age = this.clock.now().getTime() - (endedAt?.getTime() ?? 0);
    return finished && age <= ANSWERED_AGAIN_MS ? { kind: 'done', login: id, finished } : EXPIRED;
  }

  private async resume(question: Show | Submit, login: LoadedLogin): Promise<Run> {
    const { id, kind, clientId, loginHint, flowId, flowsVersion } = login;
    const { progress, execution, code, trace, redirectUri } = login;
    const run = newRun(
      { id, kind, clientId, ...(loginHint ? { loginHint } : {}), ...visitOf(question) },
      await this.flow(question.realm.id, flowsVersion, flowId),
    );
    const query = question instanceof Show ? (question.query ?? {}) : {};
    return { ...run, progress, execution, code, trace, query, redirectUri: redirectUri ?? undefined };
  }

  /** The page that the login waits at, unchanged. Where it has nothing to wait for any more, it goes on. */
  private async present(question: Show | Submit, login: LoadedLogin): Promise<LoginStep> {
    const run = await this.resume(question, login);
    const stop = await this.runner.present(run);
    if (!isPage(stop) || stop.execution !== login.execution) return this.save(question, login, run, stop);
    return shown(run, stop, login.code, await this.runner.form(run, stop));
  }

  /** For somebody who sent a form that is not the present one: another tab, the back button, a second click. */
  private async presentInstead(question: Show | Submit, login: LoadedLogin): Promise<LoginStep> {
    const step = await this.present(question, login);
    return withMessage(step, { kind: 'warning', text: text('expiredActionMessage') });
  }

  private async restart(question: Show, login: LoadedLogin): Promise<LoginStep> {
    const before = await this.resume(question, login);
    before.events.push({ type: 'RESTART_AUTHENTICATION' });
    const run: Run = {
      ...before,
      progress: restarted(before.progress),
      execution: '',
      events: [],
      trace: [],
    };
    const stop = await this.runner.advance(run);
    const anew = { ...login, execution: '', expiresAt: this.moves.later(question.realm.loginLifespan) };
    return this.save(question, anew, run, stop, told(before));
  }

  private async save(
    question: Show | Submit,
    login: LoadedLogin,
    run: Run,
    stop: Stop,
    first: Told[] = [],
  ): Promise<LoginStep> {
    // An action has a time of its own from when it is first asked for; a wrong answer makes it no longer.
    const begins = stop.kind === 'action' && stop.execution !== login.execution;
    const expiresAt = begins ? this.moves.later(question.realm.actionLifespan) : login.expiresAt;
    const { move, step } = await this.moves.of(run, stop, expiresAt);
    const post = { realm: question.realm, letters: run.letters };
    if (await this.logins.move(login, move, [...first, ...told(run)], post)) return step;

    // Somebody else was faster, with this form or another one of this login: what they reached is what counts.
    const now = await this.load(question);
    if (!now) return EXPIRED;
    return now.endedAt ? this.ended(now) : this.presentInstead(question, now);
  }

  private async flow(realmId: string, version: number, flowId: string): Promise<Flow> {
    const flow = await this.trees.tree(realmId, version, flowId);
    if (!flow) throw new AppError('internal');
    return flow;
  }
}

const withMessage = (step: LoginStep, message: NonNullable<Form['message']>): LoginStep =>
  step.kind === 'form' ? { ...step, form: { ...step.form, message } } : step;

const visitOf = (
  question: Start | Show | Submit,
): Pick<LoginInfo, 'realm' | 'visitor' | 'session' | 'locale'> => {
  const { realm, visitor, session } = question;
  const { locale } = question instanceof Start ? {} : question;
  return { realm, visitor, ...(session ? { session } : {}), ...(locale ? { locale } : {}) };
};
