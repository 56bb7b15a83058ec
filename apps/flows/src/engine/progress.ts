import type { CredentialSummary } from '@tumbler/contract-credentials';
import type { BroughtSession } from '@tumbler/contract-flows';
import type { LoginUser } from '@tumbler/contract-users';
import {
  isErrand,
  type Claimed,
  type Learned,
  type LoginInfo,
  type Proof,
} from '../authenticators/authenticator.js';
import type { RequiredActions } from '../required-actions/index.js';
import type { EnabledAction, Facts } from './facts.js';
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
  proofs: Proof[];
  /** Aliases of actions that this login asks for, whatever the user's own list says. */
  sessionActions: string[];
  /** The session that goes on, when it was what let the user in. */
  session?: BroughtSession;
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

export const factsOf = ({ user, credentials, actions, proofs, chosen }: Progress): Facts => ({
  user,
  credentials,
  actions,
  ...(chosen ? { chosen } : {}),
  used: [...new Set(proofs.flatMap(({ type }) => (type === 'email' ? [] : [type])))],
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

/**
 * What the user still has to do, in the realm's order (keycloak.md §3.4): the user's own actions, those of this login, and
 * those that are due by what the user is; as far as the realm enables them and they are known here. An errand has its own
 * alone: the others wait for the next login, which asks for more than a mailbox.
 */
export function pendingActions(
  { kind, realm }: Pick<LoginInfo, 'kind' | 'realm'>,
  progress: Progress,
  known: RequiredActions,
): EnabledAction[] {
  const { user, sessionActions, actions } = progress;
  const wanted = new Set([...(isErrand(kind) ? [] : (user?.requiredActions ?? [])), ...sessionActions]);
  return actions.filter(({ alias, providerId }) => {
    const action = known.get(providerId);
    if (!action || (user && action.concerns?.(user) === false)) return false;
    return (
      wanted.has(alias) || (!isErrand(kind) && user !== undefined && action.isDue?.(user, realm) === true)
    );
  });
}
