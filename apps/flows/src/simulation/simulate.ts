import type { Clock } from '@tumbler/clock';
import type { CredentialType } from '@tumbler/contract-credentials';
import type { Simulation, Wanted } from '@tumbler/contract-flows';
import type { Authenticator, LoginInfo } from '../authenticators/authenticator.js';
import { sendResetEmail } from '../authenticators/reset-credentials/send-reset-email.authenticator.js';
import { problems } from '../definitions/problems.js';
import { askedAction, askedBy } from '../engine/asked-action.js';
import type { Flow, Step } from '../engine/flow.js';
import { ActionRunner } from '../engine/action-runner.js';
import { FlowRunner } from '../engine/flow-runner.js';
import { isPage, newRun, type AskingLeaf, type Page, type Run, type Stop } from '../engine/run.js';
import { waysAt } from '../engine/selection.js';
import { progressBehind } from '../links/progress-behind.js';
import { pathOf } from './path.js';
import { deleteAccount } from '../required-actions/delete-account/delete-account.required-action.js';
import type { RequiredActions } from '../required-actions/index.js';
import { pretendedServices, type Somebody } from './pretended-services.js';

interface Simulated {
  login: LoginInfo;
  flow: Flow;
  somebody: Somebody;
  /** Of executions, or of what they are. */
  fails?: readonly string[];
  /** Steps that are taken by "Try another way". */
  chooses?: readonly string[];
  wanted?: Wanted;
  kcAction?: string;
  actions: RequiredActions;
  clock: Clock;
}

/** Something is typed; whether it is right, the pretended services say. */
const TYPED = {
  ...{ username: 'somebody', password: 'something', otp: '000000', totp: '000000' },
  ...{ recoveryCodeInput: '0000-0000-0000', email: 'somebody@example.org' },
  ...{ firstName: 'Some', lastName: 'Body', 'password-confirm': 'something', termsAccepted: 'on' },
};

/** More pages than a login can have: a step that comes again and again ends here. */
const MOST_PAGES = 200;

/**
 * Leads somebody through a flow: the runner, the walk, the steps and the end are those of every login; only the services
 * that they ask are pretended. A required action is taken as done.
 */
export async function simulate(simulated: Simulated): Promise<Simulation> {
  const { login, flow, somebody, fails = [], chooses = [], wanted, kcAction, actions, clock } = simulated;
  let current: string | undefined;
  const inOneRequest = wrongTypes(flow, fails);
  const isWrong = (type?: CredentialType) =>
    current === undefined ? type !== undefined && inOneRequest.has(type) : fails.includes(current);
  const services = pretendedServices(somebody, isWrong);
  const runner = new FlowRunner(services, clock, actions, new ActionRunner(services, clock, actions));

  const run = newRun(login.kind === 'grant' ? { ...login, input: TYPED } : login, flow);
  if (wanted) run.progress = { ...run.progress, wanted };
  if (kcAction && login.kind !== 'grant') {
    run.progress = { ...run.progress, asked: askedBy(login.clientId, kcAction) };
  }
  const toChoose = new Set(chooses);
  const pages: Simulation['pages'] = [];
  const requiredActions: string[] = [];
  const answer = (outcome: Simulation['outcome']): Simulation => ({
    outcome,
    path: pathOf(run.trace),
    pages,
    requiredActions,
    problems: problems(flow),
  });

  let stop: Stop = await runner.advance(run);
  while (isPage(stop) && pages.length < MOST_PAGES) {
    const { execution } = stop;
    const ways = stop.kind === 'step' ? waysAt(run, stop) : [];
    pages.push(pageOf(stop, ways));
    run.execution = execution;
    if (stop.kind === 'action') {
      requiredActions.push(execution);
      if (fails.includes(execution)) return answer({ kind: 'waits' });
      // Nobody is left to go on.
      if (stop.action.id === deleteAccount.id) return answer({ kind: 'done' });
      actionDone(run, execution, actions);
      stop = await runner.advance(run);
      continue;
    }
    const chosen = ways.find((way) => way.id !== execution && isNamed(way, toChoose));
    if (chosen) {
      for (const name of [chosen.id, chosen.authenticator.id]) toChoose.delete(name);
      stop = await runner.answer(run, { authenticationExecution: chosen.id });
      continue;
    }
    const { step } = stop;
    const isWrongHere = isNamed(step, new Set(fails));
    if (step.authenticator.id === sendResetEmail.id && !isWrongHere) {
      // The link is opened, and another login goes on behind it.
      const statuses = { ...run.progress.statuses, [step.id]: 'passed' as const };
      run.progress = progressBehind({ statuses }, somebody);
      stop = await runner.advance(run);
      continue;
    }
    current = fails.includes(step.authenticator.id) ? step.authenticator.id : execution;
    stop = await runner.answer(run, login.kind === 'registration' && isWrongHere ? {} : TYPED);
    if (isPage(stop) && stop.execution === execution) return answer({ kind: 'waits' });
  }
  if (login.kind === 'grant') {
    requiredActions.push(...undone(run, actions));
  }
  if (stop.kind === 'done') {
    const { amr, level = 1, action } = stop.finished;
    return answer({ kind: 'signed_in', amr, level, ...(action ? { action } : {}) });
  }
  if (stop.kind === 'info') return answer({ kind: 'done' });
  // A page that is asked for where there are none is how a login in one request fails.
  const ended: { kind: string; error?: string } = stop;
  return answer({ kind: 'refused', error: ended.error ?? 'invalid_user_credentials' });
}

/** The actions that the user would have to do first, and cannot where there are no pages. */
function undone({ progress }: Run, known: RequiredActions): string[] {
  const wanted = new Set([...(progress.user?.requiredActions ?? []), ...progress.sessionActions]);
  return progress.actions
    .filter(({ alias, providerId }) => wanted.has(alias) && known.get(providerId))
    .map(({ alias }) => alias);
}

/** Nobody asks for it any more. */
function actionDone(run: Run, alias: string, known: RequiredActions): void {
  const { progress } = run;
  const isAsked = askedAction(progress, known)?.alias === alias;
  const others = (aliases: string[]) => aliases.filter((other) => other !== alias);
  run.progress = {
    ...progress,
    ...(progress.user
      ? { user: { ...progress.user, requiredActions: others(progress.user.requiredActions) } }
      : {}),
    // Nor because of what the user is, which is as it was.
    actions: progress.actions.filter((action) => action.alias !== alias),
    sessionActions: others(progress.sessionActions),
    ...(progress.asked && isAsked ? { asked: { ...progress.asked, outcome: 'success' } } : {}),
  };
}

/** A login in one request brings everything at once: what is wrong of it goes by type. */
function wrongTypes(flow: Flow, fails: readonly string[]): Set<CredentialType> {
  const leaves = (steps: Step[]): { id: string; authenticator: Authenticator }[] =>
    steps.flatMap((step) => (step.kind === 'leaf' ? [step] : leaves(step.flow.steps)));
  return new Set(
    leaves(flow.steps)
      .filter(({ id, authenticator }) => fails.includes(id) || fails.includes(authenticator.id))
      .map(({ authenticator }) =>
        'credentialType' in authenticator ? (authenticator.credentialType ?? 'password') : 'password',
      ),
  );
}

const isNamed = ({ id, authenticator }: AskingLeaf, names: ReadonlySet<string>): boolean =>
  names.has(id) || names.has(authenticator.id);

const pageOf = (page: Page, ways: AskingLeaf[]): Simulation['pages'][number] => ({
  execution: page.execution,
  name: page.kind === 'step' ? page.step.authenticator.id : page.execution,
  ...(ways.length > 1 ? { ways: ways.map(({ authenticator }) => authenticator.id) } : {}),
});
