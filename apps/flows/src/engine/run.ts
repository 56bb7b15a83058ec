import type { UserEventType } from '@tumbler/contract-events';
import { text, type FinishedLogin, type Form, type Text } from '@tumbler/contract-flows';
import { createHash } from 'node:crypto';
import type { Asks, Input, LoginInfo, LoginKind } from '../authenticators/authenticator.js';
import type { LinkLetter } from '../links/link.js';
import type { Notice } from '../mail/notice.js';
import type { RequiredAction } from '../required-actions/required-action.js';
import type { Flow, Leaf } from './flow.js';
import { NO_PROGRESS, type PendingAction, type Progress } from './progress.js';
import type { Traced } from './trace.js';
import type { FailReason } from './walk.js';

/** One login while a request works on it. What is changed here is saved by whoever began it, or not at all. */
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
  /** Whether it was looked up in this request that what the user has proven still counts, or with what they can prove now. */
  isCurrent?: true;
  /** What is told once this is saved. */
  events: RunEvent[];
  /** What is sent then. */
  letters: (LinkLetter | Notice)[];
  /** How it went so far. */
  trace: Traced[];
}

export interface RunEvent {
  type: UserEventType;
  error?: string;
  userId?: string;
  details?: Record<string, string>;
}

/** Where a login stops: at a page, or at its end. */
export type Stop = Page | { kind: 'done'; finished: FinishedLogin } | Info | Failure;

/** What was to be done is done; nobody is signed in by it. */
export interface Info {
  kind: 'info';
  text: Text;
  endSessionsOf?: string;
}

export type Page = { execution: string; form?: Form } & (
  { kind: 'step'; step: AskingLeaf } | { kind: 'action'; action: RequiredAction; pending: PendingAction }
);

export type ActionPage = Extract<Page, { kind: 'action' }>;

export interface Failure {
  kind: 'failed';
  error: string;
  text: Text;
  status: 400 | 403;
  /** The level was not reached without which the application wants nobody. */
  unmet?: true;
}

export type AskingLeaf = Leaf & { authenticator: Asks };

export const asks = (step: Leaf): step is AskingLeaf => step.authenticator.kind === 'asks';

export const isPage = (stop: Stop): stop is Page => stop.kind === 'step' || stop.kind === 'action';

export const newRun = (login: LoginInfo, flow: Flow): Run => ({
  login,
  flow,
  progress: NO_PROGRESS,
  execution: '',
  code: '',
  query: {},
  events: [],
  letters: [],
  trace: [],
});

/** What is told, and what is said, when a flow cannot be passed. */
export const REASONS: Record<FailReason, [error: string, why: Text]> = {
  unknown_user: ['user_not_found', text('invalidUserMessage')],
  invalid_credentials: ['invalid_user_credentials', text('invalidUserMessage')],
  credential_setup_required: ['invalid_user_credentials', text('credentialSetupRequired')],
  unsupported: ['not_allowed', text('unexpectedErrorMessage')],
};

const ERRORS: Partial<Record<LoginKind, UserEventType>> = {
  registration: 'REGISTER_ERROR',
  'reset-credentials': 'RESET_PASSWORD_ERROR',
  actions: 'EXECUTE_ACTIONS_ERROR',
};

/** Ends a login without success, and tells why. */
export function fail(run: Run, error: string, why: Text, status: Failure['status'] = 400): Failure {
  tellError(run, error);
  return { kind: 'failed', error, text: why, status };
}

export function tellError(
  run: Run,
  error: string,
  details: Record<string, string> = {},
  userId?: string,
): void {
  const passed = run.progress.proofs.map(({ type }) => type).join(', ');
  run.events.push({
    type: ERRORS[run.login.kind] ?? 'LOGIN_ERROR',
    error,
    ...(userId ? { userId } : {}),
    // A right password before a wrong code is what its owner wants to hear of (OWASP C-02).
    details: { ...details, ...(passed ? { passed_credentials: passed } : {}) },
  });
}

/** Sends letters once the run is saved, and tells of it. */
export function post(run: Run, letters: (LinkLetter | Notice)[] = []): void {
  run.letters.push(...letters);
  // Of a reset it was told when the user was named, whoever that was.
  for (const letter of letters) {
    if ('notice' in letter || !letter.to || letter.kind === 'reset-credentials') continue;
    run.events.push({ type: 'SEND_VERIFY_EMAIL', details: { email: letter.to.email } });
  }
}

/** The same form with the same input is the same attempt: after a lost reply it may be sent again, and nothing else may. */
export const attemptOf =
  ({ login, code }: Run) =>
  (...input: string[]): string =>
    createHash('sha256')
      .update(JSON.stringify([login.id, code, ...input]))
      .digest('base64url');
