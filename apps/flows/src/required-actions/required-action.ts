import type { Bus } from '@tumbler/bus';
import type { CredentialSummary } from '@tumbler/contract-credentials';
import type { UserEventType } from '@tumbler/contract-events';
import type { Form, LoginRealm, Text } from '@tumbler/contract-flows';
import type { LoginUser } from '@tumbler/contract-users';
import type { Failed, Input, LoginInfo } from '../authenticators/authenticator.js';
import type { EnabledAction } from '../engine/facts.js';
import type { LinkLetter } from '../links/link.js';
import type { Notice } from '../mail/notice.js';

/**
 * Something that stands between a user and the door until it is done. Returns data only: it draws nothing and saves
 * nothing in this service. To add one: a folder, and a line in `index.ts`.
 */
export interface RequiredAction {
  /** The provider id that realms register it by. */
  readonly id: string;
  /** Must the user do it though nobody has asked for it? */
  isDue?(user: LoginUser, realm: LoginRealm, actions: EnabledAction[]): boolean;
  /** False for a user to whom it means nothing. */
  concerns?(about: Concerned): boolean;
  /** Said above its page to a user who did not come for it. */
  readonly because?: string;
  /** False where applications may not ask their users for it (`kc_action`). */
  readonly initiable?: boolean;
  /** True where a role of its own, and not `manage-account`, lets users come to it from their account page. */
  readonly asksForItsOwnRole?: true;
  /** Seconds after a sign-in for which an application may ask for it, where that is not the realm's to say. */
  readonly maxAuthAge?: number;
  /** Element id of the button that takes an application's wish back. */
  readonly cancelId?: string;
  /** Has it been done outside of this login? Asked, with the user as they are now, when its page is shown again. */
  doneElsewhere?(user: LoginUser): boolean;
  /** What is sent when the login comes to it. */
  opens?(turn: ActionTurn): LinkLetter[];
  ask(turn: ActionTurn): Form | Promise<Form>;
  answer(turn: ActionTurn, input: Input): Promise<ActionOutcome>;
}

export interface Concerned {
  user: LoginUser;
  credentials: CredentialSummary[];
  /** What an application has asked to do it with. */
  parameter?: string;
}

/** An action's turn in a login: all that it may look at, and the way to ask other services. */
export interface ActionTurn {
  login: LoginInfo;
  user: LoginUser;
  credentials: CredentialSummary[];
  /** The required actions that the realm enables, in order. */
  actions: EnabledAction[];
  /** What an application has asked to do it with: `kc_action=delete_credential:<id>`. */
  parameter?: string;
  /** What the realm has set for this one. */
  config: Readonly<Record<string, string>>;
  bus: Bus;
  /** Seconds since 1970. */
  now: number;
  /** `mode=manual` and the like. */
  query: Input;
  /** Names an attempt with this input: the same form sent again is the same attempt, anything else is another one. */
  attempt(...input: string[]): string;
}

export type ActionOutcome = ActionDone | ActionAgain | ActionGone | Failed;

export interface ActionDone {
  kind: 'done';
  /** What is told, in this order. */
  events: ActionEvent[];
  /** The user asks that every other session of theirs ends. */
  endOtherSessions?: boolean;
  letters?: (LinkLetter | Notice)[];
  /** Attributes that it leaves on the user. */
  attributes?: Record<string, string[]>;
  /** What the action changed in the user. */
  user?: Partial<LoginUser>;
  /** What the user can prove with from now on. */
  credential?: CredentialSummary;
  /** Id of what the user cannot prove with any more. */
  removedCredential?: string;
  /** Providers of actions that the user is to do next, as far as the realm enables them; at a later login, if not in this one. */
  asksFor?: string[];
}

export interface ActionAgain {
  kind: 'again';
  form: Form;
  letters?: LinkLetter[];
  /** Nothing is told when there is none. */
  event?: ActionEvent;
}

/** The account is no more, and the login with it. */
export interface ActionGone {
  kind: 'gone';
  events: ActionEvent[];
  text: Text;
}

export interface ActionEvent {
  type: UserEventType;
  error?: string;
  details?: Record<string, string>;
}
