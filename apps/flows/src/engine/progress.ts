import type { CredentialSummary } from '@tumbler/contract-credentials';
import type { BroughtSession, Wanted } from '@tumbler/contract-flows';
import type { LoginUser } from '@tumbler/contract-users';
import { isErrand, type Claimed, type Learned, type LoginInfo } from '../authenticators/authenticator.js';
import type { RequiredActions } from '../required-actions/index.js';
import { askedAction, type Asked } from './asked-action.js';
import type { EnabledAction, Facts } from './facts.js';
import { NO_LEVEL, type LevelTimes } from './levels.js';
import type { Proven } from './proven.js';
import type { Statuses } from './walk.js';

/** How far a login has come. Kept with the login; a step's state belongs to (login, execution). */
export interface Progress {
  statuses: Statuses;
  /** As last read; who may end a login is read again in the request that ends it. */
  user?: LoginUser;
  credentials: CredentialSummary[];
  /** The required actions that the realm enables, in order. */
  actions: EnabledAction[];
  /** What the user has proven, in order. */
  proofs: Proven[];
  /** Aliases of actions that this login asks for, whatever the user's own list says. */
  sessionActions: string[];
  /** What the application asks the user to do besides signing in. */
  asked?: Asked;
  /** What it wants of the login itself. */
  wanted?: Wanted;
  /** The session that goes on: it let the user in, or it is on its way to a higher level. */
  session?: BroughtSession;
  /** Levels of that session that were still good when it was brought. */
  keptLevels?: number[];
  /** The levels that were reached since. */
  levelTimes?: LevelTimes;
  /** Whose account was named, before anything was proven. */
  claimed?: Claimed;
  /** The step that the user chose to go on with, and whether the choice is being made. */
  chosen?: string;
  choosing?: boolean;
  rememberMe: boolean;
  endOtherSessions: boolean;
}

export const NO_PROGRESS: Progress = {
  statuses: {},
  credentials: [],
  actions: [],
  proofs: [],
  sessionActions: [],
  rememberMe: false,
  endOtherSessions: false,
};

/** From the beginning: what the application wants stays, what became of it does not. */
export const restarted = ({ asked, wanted }: Progress): Progress => ({
  ...NO_PROGRESS,
  ...(asked ? { asked: { ...asked, outcome: undefined } } : {}),
  ...(wanted ? { wanted } : {}),
});

export const factsOf = ({
  user,
  credentials,
  actions,
  proofs,
  chosen,
  wanted,
  keptLevels = [],
}: Progress): Facts => ({
  user,
  credentials,
  actions,
  ...(chosen ? { chosen } : {}),
  used: [...new Set(proofs.flatMap(({ type }) => (type === 'email' ? [] : [type])))],
  scopes: wanted?.scopes ?? [],
  levels: { asked: wanted?.level ?? NO_LEVEL, kept: keptLevels },
});

/** What was just read replaces what was known; a user who is gone is gone. */
export function learn(progress: Progress, { found, credentials }: Learned): Progress {
  return {
    ...progress,
    ...(found
      ? {
          user: found.user ?? undefined,
          actions: found.actions.map(({ alias, providerId, config }) => ({
            alias,
            providerId,
            ...(Object.keys(config).length > 0 ? { config } : {}),
          })),
        }
      : {}),
    ...(credentials ? { credentials } : {}),
  };
}

/** `initiated`: only the application asks for it, and the user may take that back. */
export type PendingAction = EnabledAction & { parameter?: string; initiated?: true };

/**
 * What the user still has to do, in the realm's order (keycloak.md §3.4): the user's own actions, those of this login, and
 * those that are due by what the user is; as far as the realm enables them and they are known here. What the application
 * asks for comes last. An errand has its own alone: the others wait for the next login, which asks for more than a mailbox.
 */
export function pendingActions(
  { kind, realm }: Pick<LoginInfo, 'kind' | 'realm'>,
  progress: Progress,
  known: RequiredActions,
): PendingAction[] {
  const { user, credentials, sessionActions, actions } = progress;
  const wanted = new Set([...(isErrand(kind) ? [] : (user?.requiredActions ?? [])), ...sessionActions]);
  const asked = askedAction(progress, known);
  const parameterOf = ({ alias }: EnabledAction) =>
    alias === asked?.alias && asked.parameter ? { parameter: asked.parameter } : {};
  const due = actions.filter((enabled) => {
    const { alias, providerId } = enabled;
    const action = known.get(providerId);
    if (!action || (user && action.concerns?.({ user, credentials, ...parameterOf(enabled) }) === false))
      return false;
    return (
      wanted.has(alias) ||
      (!isErrand(kind) && user !== undefined && action.isDue?.(user, realm, actions) === true)
    );
  });
  const pending = due.map((action): PendingAction => ({ ...action, ...parameterOf(action) }));
  const isDue = due.some(({ alias }) => alias === asked?.alias);
  return asked && !isDue ? [...pending, { ...asked, initiated: true }] : pending;
}
