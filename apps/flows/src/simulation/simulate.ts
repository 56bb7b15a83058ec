import type { Clock } from '@tumbler/clock';
import type { CredentialType } from '@tumbler/contract-credentials';
import type { Simulation } from '@tumbler/contract-flows';
import type { Authenticator, LoginInfo } from '../authenticators/authenticator.js';
import { problems } from '../definitions/problems.js';
import type { Flow, Step } from '../engine/flow.js';
import { FlowRunner } from '../engine/flow-runner.js';
import { isPage, newRun, type Page, type Run, type Stop } from '../engine/run.js';
import { pathOf } from './path.js';
import type { RequiredActions } from '../required-actions/index.js';
import { pretendedServices, type Somebody } from './pretended-services.js';

interface Simulated {
  login: LoginInfo;
  flow: Flow;
  somebody: Somebody;
  /** Of executions, or of what they are. */
  fails: readonly string[];
  actions: RequiredActions;
  clock: Clock;
}

/** Something is typed; whether it is right, the pretended services say. */
const TYPED = {
  ...{ username: 'somebody', password: 'something', otp: '000000', totp: '000000' },
  recoveryCodeInput: '0000-0000-0000',
};

/** More pages than a login can have: a step that comes again and again ends here. */
const MOST_PAGES = 200;

/**
 * Leads somebody through a flow: the runner, the walk, the steps and the end are those of every login; only the services
 * that they ask are pretended. A required action is taken as done.
 */
export async function simulate(simulated: Simulated): Promise<Simulation> {
  const { login, flow, somebody, fails, actions, clock } = simulated;
  let current: string | undefined;
  const inOneRequest = wrongTypes(flow, fails);
  const isWrong = (type?: CredentialType) =>
    current === undefined ? type !== undefined && inOneRequest.has(type) : fails.includes(current);
  const runner = new FlowRunner(pretendedServices(somebody, isWrong), clock, actions);

  const run = newRun(login.kind === 'grant' ? { ...login, input: TYPED } : login, flow);
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
    pages.push({ execution, name: nameOf(stop) });
    if (stop.kind === 'action') {
      requiredActions.push(execution);
      if (fails.includes(execution)) return answer({ kind: 'waits' });
      actionDone(run, execution);
      stop = await runner.advance(run);
    } else {
      current = fails.includes(stop.step.authenticator.id) ? stop.step.authenticator.id : execution;
      run.execution = execution;
      stop = await runner.answer(run, TYPED);
      if (isPage(stop) && stop.execution === execution) return answer({ kind: 'waits' });
    }
  }
  if (login.kind === 'grant') {
    requiredActions.push(...left(run, actions));
  }
  if (stop.kind === 'done') return answer({ kind: 'signed_in', amr: stop.finished.amr });
  // A page that is asked for where there are none is how a login in one request fails.
  const ended: { kind: string; error?: string } = stop;
  return answer({ kind: 'refused', error: ended.error ?? 'invalid_user_credentials' });
}

/** The actions that the user would have to do first, and cannot where there are no pages. */
function left({ progress }: Run, known: RequiredActions): string[] {
  const wanted = new Set([...(progress.user?.requiredActions ?? []), ...progress.sessionActions]);
  return progress.actions
    .filter(({ alias, providerId }) => wanted.has(alias) && known.get(providerId))
    .map(({ alias }) => alias);
}

/** Nobody asks for it any more. */
function actionDone(run: Run, alias: string): void {
  const { progress } = run;
  const others = (aliases: string[]) => aliases.filter((other) => other !== alias);
  run.progress = {
    ...progress,
    ...(progress.user
      ? { user: { ...progress.user, requiredActions: others(progress.user.requiredActions) } }
      : {}),
    sessionActions: others(progress.sessionActions),
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

const nameOf = (page: Page): string => (page.kind === 'step' ? page.step.authenticator.id : page.execution);
