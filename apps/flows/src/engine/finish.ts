import { text, type FinishedLogin, type Text } from '@tumbler/contract-flows';
import { isErrand, type LoginInfo } from '../authenticators/authenticator.js';
import type { RequiredActions } from '../required-actions/index.js';
import { toldOf } from './asked-action.js';
import type { Flow } from './flow.js';
import { pendingActions, type Progress } from './progress.js';

export type Ending =
  | { kind: 'done'; finished: FinishedLogin }
  | { kind: 'failed'; error: string; text: Text; status: 400 | 403 };

interface Finishing {
  login: LoginInfo;
  flow: Flow;
  progress: Progress;
  redirectUri?: string;
  actions: RequiredActions;
  now: Date;
}

/**
 * The only way out of a login with success: it looks again at everything, whoever asks and however they came here, and
 * says no where it is not sure. Every session and every token begins with what it answers.
 */
export function finish({ login, flow, progress, redirectUri, actions, now }: Finishing): Ending {
  const { user, statuses, session, sessionActions, asked } = progress;
  const proofs = progress.proofs.filter(({ type }) => type !== 'email');

  // Whatever was proven: what a link from a mailbox begins does not end in a session (C-07).
  if (isErrand(login.kind)) return refuse('not_allowed', text('unexpectedErrorMessage'));

  if (statuses[flow.id] !== 'passed') return refuse('invalid_user_credentials', text('invalidUserMessage'));
  if (!user) return refuse('user_not_found', text('invalidUserMessage'));
  if (!user.enabled) return refuse('user_disabled', text('accountDisabledMessage'));

  // Steps like `allow access` pass without a proof; somebody has to have proven who they are.
  const continues = session?.userId === user.id && session.authTime >= user.notBefore ? session : undefined;
  if (proofs.length === 0 && !continues)
    return refuse('invalid_user_credentials', text('invalidUserMessage'));

  if (pendingActions(login, progress, actions).length > 0) {
    return refuse('resolve_required_actions', text('credentialSetupRequired'));
  }
  // A step was passed over because it would be set up before the end, and the realm has withdrawn the action since.
  if (sessionActions.length > 0) return refuse('invalid_user_credentials', text('credentialSetupRequired'));

  const seconds = Math.floor(now.getTime() / 1000);
  return {
    kind: 'done',
    finished: {
      userId: user.id,
      username: user.username,
      clientId: login.clientId,
      ...(redirectUri ? { redirectUri } : {}),
      authTime: proofs.length > 0 ? seconds : (continues?.authTime ?? seconds),
      amr: [...new Set([...(continues?.amr ?? []), ...proofs.flatMap(({ amr }) => amr ?? [])])],
      rememberMe: login.realm.rememberMe && progress.rememberMe,
      ...(continues ? { sessionId: continues.id } : {}),
      ...(progress.endOtherSessions ? { endOtherSessions: true } : {}),
      ...(asked ? { action: toldOf(asked) } : {}),
    },
  };
}

const refuse = (error: string, why: Text): Ending => ({
  kind: 'failed',
  error,
  text: why,
  status: 400,
});
