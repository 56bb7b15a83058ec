import type { Bus } from '@tumbler/bus';
import type { CredentialSummary, CredentialType } from '@tumbler/contract-credentials';
import type {
  BroughtSession,
  ConfigPropertyView,
  Form,
  FlowKind,
  LoginRealm,
  Requirement,
  Text,
  Visitor,
} from '@tumbler/contract-flows';
import type { FoundUser } from '@tumbler/contract-users';
import type { Facts } from '../engine/facts.js';
import type { Flow, Leaf } from '../engine/flow.js';
import type { RunEvent } from '../engine/run.js';
import type { Statuses } from '../engine/walk.js';
import type { LinkLetter } from '../links/link.js';

/** What a step of a flow can be. To add one: a folder, and a line in `index.ts`. */
export type Authenticator = Asks | Decides | Condition | Unsupported;

interface Described {
  /** What a stored step names. */
  readonly id: string;
  readonly displayName: string;
  readonly description: string;
  /** The requirements that an administrator may choose for it. */
  readonly choices: readonly Requirement[];
  readonly configurable: boolean;
  /** What can be set about it. For what Keycloak has as well, `definitions/config-properties.ts` says it. */
  readonly properties?: readonly ConfigPropertyView[];
}

/** What takes part in a login, other than a condition. Returns data only: it draws nothing and saves nothing. */
interface Acts extends Described {
  /** It cannot begin before the login knows who is signing in. */
  readonly needsUser: boolean;
  /** Has this user what it asks for? Asked where it needs a user. */
  ready(facts: Facts): boolean;
  /** The type of credential that it asks for. */
  readonly credentialType?: CredentialType;
  /** The provider of the required action to ask for when the user is not ready. */
  readonly setUpBy?: string;
  /** How it is called where users choose between several steps. */
  readonly offer?: { name: Text; help: Text };
}

/** Asks the user for something and judges the answer. */
export interface Asks extends Acts {
  readonly kind: 'asks';
  /** Settles the matter without a page, where that is possible. */
  settles?(turn: Turn): Settled | undefined;
  /** What is sent when the login comes to it. */
  opens?(turn: Turn): LinkLetter[];
  ask(turn: Turn): Form | Promise<Form>;
  answer(turn: Turn, input: Input): Promise<Outcome>;
}

/** Settles the matter without a page: by a session, by what a token request brought, or once and for all. */
export interface Decides extends Acts {
  readonly kind: 'decides';
  decide(turn: Turn): Promise<Settled>;
}

/** Says whether the CONDITIONAL sub-flow that it stands in applies. Pure. */
export interface Condition extends Described {
  readonly kind: 'condition';
  holds(question: ConditionQuestion): { holds: boolean; why: string };
}

/** Known by name, so that flows made elsewhere keep their shape; nobody can pass it here. */
export interface Unsupported extends Described {
  readonly kind: 'unsupported';
}

export interface ConditionQuestion {
  facts: Facts;
  statuses: Statuses;
  /** The whole flow. */
  flow: Flow;
  /** The sub-flow that the condition stands in. */
  level: Flow;
  config: Readonly<Record<string, string>>;
}

/** Text fields as they were sent. */
export type Input = Readonly<Record<string, string>>;

/** `actions`: what an administrator has sent a link for. */
export type LoginKind = FlowKind | 'actions' | 'grant';

/** Ends with what was to be done, and signs nobody in: a mailbox alone is no way to a session. */
export const isErrand = (kind: LoginKind): boolean => kind === 'reset-credentials' || kind === 'actions';

/** What a login is, for as long as it lasts. */
export interface LoginInfo {
  id: string;
  kind: LoginKind;
  realm: LoginRealm;
  clientId: string;
  visitor: Visitor;
  session?: BroughtSession;
  loginHint?: string;
  /** The language that the user has picked on the pages. */
  locale?: string;
  /** What a token request brought: everything at once. */
  input?: Input;
}

/** One step's turn in a login: all that it may look at, and the way to ask other services. */
export interface Turn {
  login: LoginInfo;
  facts: Facts;
  claimed?: Claimed;
  flow: Flow;
  statuses: Statuses;
  step: Leaf;
  bus: Bus;
  /** `mode=manual` and the like. */
  query: Input;
  /** Names an attempt with this input: the same form sent again is the same attempt, anything else is another one. */
  attempt(...input: string[]): string;
  /** Seconds since 1970. */
  now: number;
}

/** How a turn ends. */
export type Outcome = Settled | Refused;
export type Settled = Passed | Failed | Attempted;

/** What a step learned of the user, in one piece: it replaces what the login knew. */
export interface Learned {
  found?: FoundUser;
  credentials?: CredentialSummary[];
}

/** It has nothing to say about this user, or not enough; another step may. */
export interface Attempted extends Learned, GoesOn {
  kind: 'attempted';
}

/** The session that goes on. */
export interface GoesOn {
  session?: BroughtSession;
  /** Those of its levels that are still good. */
  keptLevels?: number[];
}

export interface Passed extends Learned, GoesOn {
  kind: 'passed';
  /** What the user has proven by it. */
  proved?: Proof;
  /** The user asks to be kept signed in. */
  rememberMe?: boolean;
  /** Whose account was named; not known to be them, and not to be told by anything that is shown. */
  claimed?: Claimed;
  /** What happened besides, to be told. */
  events?: RunEvent[];
  /** A new user was made by it. */
  registered?: boolean;
  /** Providers of required actions that are due before this login ends, as far as the realm enables them. */
  asksFor?: string[];
}

export interface Claimed {
  userId: string;
  email?: string;
  locale?: string;
  enabled: boolean;
}

export interface Proof {
  /** `email`: a link that was sent there. No authenticator (N-09), and never enough for a session. */
  type: CredentialType | 'email';
  /** RFC 8176 */
  amr?: string;
  credentialId?: string;
}

export interface Refused extends Learned {
  kind: 'refused';
  /** The page again, with what was wrong. */
  form: Form;
  letters?: LinkLetter[];
  /** Why, in the words of events (keycloak.md §7); nothing is told when there is none. */
  error?: string;
  details?: Record<string, string>;
}

/** The end of the login. */
export interface Failed extends Learned {
  kind: 'failed';
  error: string;
  text: Text;
  status: 400 | 403;
}
