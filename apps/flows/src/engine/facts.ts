import type { CredentialSummary, CredentialType } from '@tumbler/contract-credentials';
import type { LoginUser } from '@tumbler/contract-users';
import { NO_LEVEL, type Levels } from './levels.js';

/** Everything that decides the way of a login through its flow, apart from what has happened in it. */
export interface Facts {
  /** Nobody, as long as the login does not know who is signing in. */
  user?: LoginUser;
  /** What the user can prove with, in order of preference. */
  credentials: CredentialSummary[];
  /** The required actions that the realm enables, in order. */
  actions: EnabledAction[];
  /** The step that the user chose to go on with, out of several. */
  chosen?: string;
  /** With which types of credential the user has proven something in this login. */
  used: CredentialType[];
  /** Names of the client scopes that the application asks for. */
  scopes: readonly string[];
  levels: Levels;
}

export interface EnabledAction {
  alias: string;
  providerId: string;
  /** What the realm has set for it, where it has. */
  config?: Record<string, string>;
}

export const NOBODY: Facts = {
  credentials: [],
  actions: [],
  used: [],
  scopes: [],
  levels: { asked: NO_LEVEL, kept: [] },
};

export const hasCredential = (facts: Facts, type: CredentialType): boolean =>
  facts.credentials.some((credential) => credential.type === type);
