import { text, type FinishedLogin, type Text } from '@tumbler/contract-flows';
import { isErrand, type LoginInfo } from '../authenticators/authenticator.js';
import type { RequiredActions } from '../required-actions/index.js';
import { toldOf } from './asked-action.js';
import type { Flow } from './flow.js';
import { levelsOf, NO_LEVEL, reachedLevel, timesToKeep } from './levels.js';
import { factsOf, pendingActions, type Progress } from './progress.js';
import { stillCount } from './proven.js';

export type Ending =
  | { kind: 'done'; finished: FinishedLogin }
  | { kind: 'failed'; error: string; text: Text; status: 400 | 403; unmet?: true };

interface Finishing {
  login: LoginInfo;
  flow: Flow;
  progress: Progress;
  redirectUri?: string;
  actions: RequiredActions;
  /** Seconds since 1970. */
  now: number;
}

/**
 * The only way out of a login with success: it looks again at everything, whoever asks and however they came here, and
 * says no where it is not sure. Every session of a user who signs in, and every token of one, begins with what it answers;
 * an administrator who comes as somebody (`impersonations.handlers.ts`) signs nobody in.
 */
export function finish({ login, flow, progress, redirectUri, actions, now }: Finishing): Ending {
  const { user, statuses, session, sessionActions, asked } = progress;
  const proofs = progress.proofs.filter(({ type }) => type !== 'email');

  // Whatever was proven: what a link from a mailbox begins does not end in a session (C-07).
  if (isErrand(login.kind)) return refuse('not_allowed', text('unexpectedErrorMessage'));

  if (statuses[flow.id] !== 'passed') return refuse('invalid_user_credentials', text('invalidUserMessage'));
  if (!user) return refuse('user_not_found', text('invalidUserMessage'));
  if (!user.enabled) return refuse('user_disabled', text('accountDisabledMessage'));

  if (!stillCount(progress)) return refuse('invalid_user_credentials', text('invalidUserMessage'));

  // Steps like `allow access` pass without a proof; somebody has to have proven who they are.
  const continues = session?.userId === user.id && session.authTime >= user.notBefore ? session : undefined;
  // A session that is void takes with it what it had proven: a code alone does not stand for it.
  if (session ? !continues : proofs.length === 0)
    return refuse('invalid_user_credentials', text('invalidUserMessage'));

  if (pendingActions(login, progress, actions).length > 0) {
    return refuse('resolve_required_actions', text('credentialSetupRequired'));
  }
  // A step was passed over because it would be set up before the end, and the realm has withdrawn the action since.
  if (sessionActions.length > 0) return refuse('invalid_user_credentials', text('credentialSetupRequired'));

  const level = levelAt(flow, progress);
  if (level < (progress.wanted?.mustReach ?? NO_LEVEL)) {
    return { ...refuse('access_denied', text('acrNotFulfilled')), unmet: true };
  }
  const isProven = proofs.length > 0;
  const levels = timesToKeep(flow, progress.levelTimes ?? {});
  return {
    kind: 'done',
    finished: {
      userId: user.id,
      username: user.username,
      clientId: login.clientId,
      ...(redirectUri ? { redirectUri } : {}),
      authTime: isProven ? now : (continues?.authTime ?? now),
      amr: amrOf([...(continues?.amr ?? []), ...proofs.flatMap(({ amr }) => amr ?? [])]),
      level,
      rememberMe: login.realm.rememberMe && progress.rememberMe,
      ...(continues ? { sessionId: continues.id, ...(isProven ? { raised: true } : {}) } : {}),
      ...(Object.keys(levels).length > 0 ? { levels } : {}),
      ...(progress.endOtherSessions ? { endOtherSessions: true } : {}),
      ...(asked ? { action: toldOf(asked) } : {}),
    },
  };
}

/** A flow that leads to no levels is level 1, whatever it asks for (keycloak.md §8.3). */
function levelAt(flow: Flow, progress: Progress): number {
  if (levelsOf(flow).length === 0) return 1;
  return Math.max(0, reachedLevel(flow, progress.statuses, factsOf(progress).levels));
}

/** RFC 8176: several factors are told as such, besides each of them. */
function amrOf(methods: string[]): string[] {
  const all = new Set(methods);
  if (all.has('pwd') && all.has('otp')) all.add('mfa');
  return [...all];
}

const refuse = (error: string, why: Text): Ending & { kind: 'failed' } => ({
  kind: 'failed',
  error,
  text: why,
  status: 400,
});
