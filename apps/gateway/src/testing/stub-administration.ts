import type { LocalBus } from '@tumbler/bus';
import {
  credentials,
  type CredentialView,
  type FailureStatus,
  type Policies,
} from '@tumbler/contract-credentials';
import { flows, type AuditConfig, type Bindings, type ExecutionInfo } from '@tumbler/contract-flows';
import { users, type RequiredAction, type UserView } from '@tumbler/contract-users';
import { AppError, conflict, notFound } from '@tumbler/errors';
import type { StubPeople } from './stub-people.js';
import { StubArrivals } from './stub-arrivals.js';

const ALIASES = ['browser', 'direct grant', 'registration', 'reset credentials', 'clients'];

/** What administration asks of the services behind the gateway, kept in memory; the rules are theirs and not here. */
export class StubAdministration {
  readonly views = new Map<string, UserView>();
  readonly credentials = new Map<string, CredentialView[]>();
  readonly arrivals: StubArrivals;
  readonly asked: { subject: string; question: object }[] = [];
  readonly policies: Policies = {
    otpPolicyType: 'totp',
    otpPolicyAlgorithm: 'HmacSHA1',
    otpPolicyDigits: 6,
    otpPolicyLookAheadWindow: 1,
    otpPolicyPeriod: 30,
    otpPolicyInitialCounter: 0,
    otpPolicyCodeReusable: false,
    otpSupportedApplications: ['totpAppFreeOTPName'],
    bruteForceProtected: false,
    permanentLockout: false,
    maxTemporaryLockouts: 0,
    bruteForceStrategy: 'MULTIPLE',
    maxFailureWaitSeconds: 900,
    minimumQuickLoginWaitSeconds: 60,
    waitIncrementSeconds: 60,
    quickLoginCheckMilliSeconds: 1000,
    maxDeltaTimeSeconds: 43_200,
    failureFactor: 30,
    maxSecondaryAuthFailures: 0,
  };
  readonly bindings: Bindings = {
    browserFlow: 'browser',
    registrationFlow: 'registration',
    directGrantFlow: 'direct grant',
    resetCredentialsFlow: 'reset credentials',
    clientAuthenticationFlow: 'clients',
    dockerAuthenticationFlow: 'browser',
    firstBrokerLoginFlow: 'browser',
  };
  audit: AuditConfig = { eventsEnabled: true, adminEventsEnabled: false, enabledEventTypes: [] };
  /** Of the creation of a user: it happens, and nobody hears of it. */
  losesTheNextAnswer = false;
  readonly failures: FailureStatus = {
    disabled: false,
    numFailures: 0,
    numSecondaryAuthFailures: 0,
    numTemporaryLockouts: 0,
    lastFailure: 0,
    lastIPFailure: 'n/a',
  };
  readonly actions: RequiredAction[] = [
    action('CONFIGURE_TOTP', 'Configure OTP', 10),
    action('UPDATE_PASSWORD', 'Update Password', 30),
  ];
  readonly execution: ExecutionInfo = {
    id: 'e1',
    requirement: 'REQUIRED',
    displayName: 'Username Password Form',
    requirementChoices: ['REQUIRED'],
    configurable: false,
    providerId: 'auth-username-password-form',
    level: 0,
    index: 0,
    priority: 10,
  };

  constructor(
    private readonly bus: LocalBus,
    private readonly people: StubPeople,
  ) {
    this.arrivals = new StubArrivals(bus, people);
    this.answerRealms();
    this.answerUsers();
    this.answerCredentials();
    this.answerActionsAndFlows();
  }

  /** What was asked of a service last, without who asked. */
  lastAsked(subject: string): unknown {
    const last = this.asked.findLast((each) => each.subject === subject);
    if (!last) return undefined;
    const { by: _by, ...question } = last.question as { by?: unknown };
    return question;
  }

  private note<Q extends object>(subject: string, question: Q): Q {
    this.asked.push({ subject, question });
    return question;
  }

  private answerRealms(): void {
    const { bus, people } = this;
    bus.stub(users.listRealms, () => people.realms);
    bus.stub(users.defaultRole, ({ realmId }) => ({
      id: realmId,
      name: 'default-roles',
      composite: true,
      attributes: {},
    }));
    bus.stub(users.updateRealm, (question) => {
      const { realmId, name, settings } = this.note('users.updateRealm', question);
      const realm = people.realms.find(({ id }) => id === realmId)!;
      return Object.assign(realm, settings, name ? { name } : {});
    });
    bus.stub(users.removeRealm, ({ realmId }) => {
      people.realms.splice(
        people.realms.findIndex(({ id }) => id === realmId),
        1,
      );
      return {};
    });
    bus.stub(credentials.policies, () => this.policies);
    bus.stub(credentials.setPolicies, (question) => {
      const { settings } = this.note('credentials.setPolicies', question);
      return Object.assign(this.policies, settings);
    });
    bus.stub(flows.bindings, () => this.bindings);
    bus.stub(flows.setBindings, ({ settings }) => Object.assign(this.bindings, settings));
    bus.stub(flows.auditConfig, () => this.audit);
    bus.stub(flows.setAuditConfig, ({ settings }) => Object.assign(this.audit, settings));
  }

  private answerUsers(): void {
    const { bus, views } = this;
    const find = (userId: string): UserView => {
      const view = views.get(userId);
      if (!view) throw notFound('User not found');
      return view;
    };
    bus.stub(users.view, ({ userId }) => views.get(userId) ?? null);
    bus.stub(users.search, (question) => {
      this.note('users.search', question);
      return [...views.values()];
    });
    bus.stub(users.count, () => views.size);
    bus.stub(users.create, (question) => {
      const { userId, fields } = this.note('users.create', question);
      if ([...views.values()].some(({ username }) => username === fields.username)) {
        throw conflict('User exists with same username', 'username');
      }
      views.set(userId!, {
        id: userId!,
        username: fields.username!,
        emailVerified: false,
        enabled: true,
        createdTimestamp: 1,
        attributes: {},
        requiredActions: [],
        notBefore: 0,
        ...fields,
      });
      if (this.losesTheNextAnswer) {
        this.losesTheNextAnswer = false;
        throw new AppError('service_unavailable');
      }
      return { id: userId! };
    });
    bus.stub(users.update, (question) => {
      const { userId, fields } = this.note('users.update', question);
      return Object.assign(find(userId), fields);
    });
    bus.stub(users.finishAction, ({ userId, alias }) => {
      const user = find(userId);
      user.requiredActions = user.requiredActions.filter((each) => each !== alias);
      return {};
    });
    bus.stub(users.remove, ({ userId }) => {
      views.delete(find(userId).id);
      return {};
    });
  }

  private answerCredentials(): void {
    const { bus } = this;
    const of = (userId: string) => this.credentials.get(userId) ?? [];
    const weak = { kind: 'refused', key: 'invalidPasswordMinLengthMessage', params: [12] } as const;
    bus.stub(credentials.list, ({ userId }) => of(userId));
    bus.stub(credentials.has, ({ userId }) => of(userId).map(({ id, type, label }) => ({ id, type, label })));
    bus.stub(credentials.whoHas, ({ userIds, type: asked }) =>
      userIds.filter((userId) => of(userId).some(({ type }) => type === asked)),
    );
    bus.stub(credentials.set, (question) => {
      const { userId, credentials: given } = this.note('credentials.set', question);
      if (given.some(({ value }) => value === 'weak')) return weak;
      const made = given.map(({ type, userLabel }, priority) => ({
        ...{ id: crypto.randomUUID(), type, label: userLabel },
        ...{ createdDate: 1, priority, credentialData: '{}' },
      }));
      this.credentials.set(userId, [...of(userId), ...made]);
      return { kind: 'ok' };
    });
    bus.stub(credentials.setPassword, (question) => {
      this.note('credentials.setPassword', question);
      return question.password === 'weak' ? weak : { kind: 'ok' };
    });
    bus.stub(credentials.rename, (question) => {
      this.note('credentials.rename', question);
      return {};
    });
    bus.stub(credentials.move, (question) => {
      this.note('credentials.move', question);
      return {};
    });
    bus.stub(credentials.remove, ({ userId, credentialId }) => {
      if (!of(userId).some(({ id }) => id === credentialId)) throw notFound('Credential not found');
      this.credentials.set(
        userId,
        of(userId).filter(({ id }) => id !== credentialId),
      );
      return {};
    });
    bus.stub(credentials.eraseUser, ({ userId }) => {
      this.credentials.delete(userId);
      return {};
    });
    bus.stub(credentials.failures, () => this.failures);
    bus.stub(credentials.clearFailures, (question) => {
      this.note('credentials.clearFailures', question);
      return {};
    });
  }

  private answerActionsAndFlows(): void {
    const { bus, actions } = this;
    bus.stub(users.listActions, () => actions);
    bus.stub(users.updateAction, (question) => {
      const { alias, newAlias, ...changes } = this.note('users.updateAction', question);
      const found = actions.find((each) => each.alias === alias);
      if (!found) throw notFound('Failed to find required action');
      const { enabled, defaultAction, priority, name = found.name, config = found.config } = changes;
      return Object.assign(found, {
        alias: newAlias ?? alias,
        enabled,
        defaultAction,
        priority,
        name,
        config,
      });
    });
    bus.stub(users.moveAction, (question) => {
      this.note('users.moveAction', question);
      return {};
    });
    bus.stub(users.removeAction, ({ alias }) => {
      if (!actions.some((each) => each.alias === alias)) throw notFound('Failed to find required action.');
      return {};
    });
    bus.stub(users.unregisteredActions, () => [{ providerId: 'delete_account', name: 'Delete Account' }]);
    bus.stub(users.registerAction, (question) => {
      const { providerId, name = providerId } = this.note('users.registerAction', question);
      return action(providerId, name, 99);
    });
    bus.stub(flows.listFlows, () =>
      ALIASES.map((alias) => ({
        ...{
          id: alias,
          alias,
          providerId: alias === 'clients' ? 'client-flow' : 'basic-flow',
          topLevel: true,
          builtIn: true,
        },
        authenticationExecutions: [],
      })),
    );
    bus.stub(flows.getFlow, () => null);
    bus.stub(flows.executions, ({ alias }) => {
      if (!ALIASES.includes(alias)) throw notFound('Flow not found');
      return [this.execution];
    });
    bus.stub(flows.updateExecution, (question) => {
      const { requirement, priority } = this.note('flows.updateExecution', question);
      Object.assign(this.execution, { requirement, priority });
      return {};
    });
    bus.stub(flows.providers, ({ kind }) => [{ id: `${kind}-x`, displayName: kind, description: '' }]);
    bus.stub(flows.events, (question) => {
      this.note('flows.events', question);
      return [];
    });
    bus.stub(flows.adminEvents, (question) => {
      this.note('flows.adminEvents', question);
      return [];
    });
    bus.stub(flows.clearEvents, (question) => {
      this.note('flows.clearEvents', question);
      return {};
    });
  }
}

const action = (alias: string, name: string, priority: number): RequiredAction => ({
  alias,
  name,
  providerId: alias,
  enabled: true,
  defaultAction: false,
  priority,
  config: {},
});
