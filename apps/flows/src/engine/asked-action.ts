import type { FinishedLogin } from '@tumbler/contract-flows';
import { ACCOUNT_CLIENT, type LoginUser } from '@tumbler/contract-users';
import type { RequiredActions } from '../required-actions/index.js';
import type { EnabledAction } from './facts.js';
import type { Progress } from './progress.js';

/** As Keycloak has it, where the realm sets nothing. */
const MAX_AUTH_AGE = 300;

/** What an application asks its user to do besides signing in: `kc_action=NAME` or `kc_action=NAME:PARAMETER`. */
export interface Asked {
  name: string;
  parameter?: string;
  outcome?: 'success' | 'cancelled';
  /** It is asked for from the account page: the user has to be one who may change something there. */
  onAccountPage?: true;
}

export function askedBy(clientId: string, action: string): Asked {
  const [name = '', ...parameter] = action.split(':');
  return {
    name,
    ...(parameter.length > 0 ? { parameter: parameter.join(':') } : {}),
    ...(ACCOUNT_PAGES.includes(clientId) ? { onAccountPage: true } : {}),
  };
}

const ACCOUNT_PAGES = [ACCOUNT_CLIENT, 'account-console'];

/** The action that is still to be done because an application asks for it, as far as the realm, the action and the user allow it. */
export function askedAction(
  { asked, actions, user, credentials }: Pick<Progress, 'asked' | 'actions' | 'user' | 'credentials'>,
  known: RequiredActions,
): (EnabledAction & { parameter?: string }) | undefined {
  if (!asked || asked.outcome) return undefined;
  const { name, parameter, onAccountPage } = asked;
  const enabled = actions.find(({ alias, providerId }) => alias === name || providerId === name);
  const action = enabled && known.get(enabled.providerId);
  if (!action || action.initiable === false) return undefined;
  if (user && onAccountPage && !action.asksForItsOwnRole && !mayManageAccount(user)) return undefined;
  if (user && action.concerns?.({ user, credentials, parameter }) === false) return undefined;
  return { ...enabled, ...(parameter ? { parameter } : {}) };
}

const mayManageAccount = ({ clientRoles }: LoginUser): boolean =>
  clientRoles?.[ACCOUNT_CLIENT]?.includes('manage-account') === true;

/** Whether a sign-in is too long ago for what the application asks for: then the user has to prove once more who they are. */
export function isTooOld(
  signedInAt: number,
  progress: Parameters<typeof askedAction>[0],
  known: RequiredActions,
  now: number,
): boolean {
  const asked = askedAction(progress, known);
  if (!asked) return false;
  const set = known.get(asked.providerId)?.maxAuthAge ?? Number(asked.config?.max_auth_age ?? MAX_AUTH_AGE);
  const maxAge = Number.isFinite(set) ? set : MAX_AUTH_AGE;
  return maxAge <= 0 || now - signedInAt > maxAge;
}

/** What the application is told of its wish. One that nobody could be asked for, it hears, is an error. */
export const toldOf = ({ name, outcome }: Asked): NonNullable<FinishedLogin['action']> => ({
  name,
  status: outcome ?? 'error',
});
