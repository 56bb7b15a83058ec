import { Injectable } from '@nestjs/common';
import { Bus } from '@tumbler/bus';
import { credentials } from '@tumbler/contract-credentials';
import { flows } from '@tumbler/contract-flows';
import type { Actor } from '@tumbler/contract-rpc';
import { canonical, users, type Realm } from '@tumbler/contract-users';
import { AppError, conflict, invalid } from '@tumbler/errors';
import { Outbox } from '@tumbler/events';
import { ClientArrivals, type ArrivingClient } from '../../oidc/clients/client-arrivals.js';
import { ClientScopes } from '../../oidc/clients/client-scopes.js';
import { Clients } from '../../oidc/clients/clients.js';
import { Sessions } from '../../sessions/sessions.js';
import type { Authority } from '../authority.js';
import { asObject } from '../input.js';
import { MASTER } from '../target-realm.js';
import { Arrivals, OutcomeUnknown } from './arrivals.js';
import { Examination } from './examination.js';
import { isBuiltInClient } from './file-clients.js';
import { Findings } from './findings.js';
import { importReport, type ImportReport } from './import-report.js';
import { Leftovers } from './leftovers.js';
import { Ids, type Plan, type PlannedClient } from './plan.js';
import { Planner, type IfExists } from './planner.js';
import { readPartialFile, type FileContents } from './realm-file.js';
import { TakenIds } from './taken-ids.js';
import { nothingThere, type There } from './there.js';

const AT_ONCE = 1_000;
/** Without them nobody administers anything. */
const KEPT_OF_MASTER = ['admin', 'create-realm'];

export interface PartialImportRequest {
  realm: Realm;
  by: Actor;
  rights: Authority;
  input: unknown;
  dryRun: boolean;
}

/** Users, groups, roles and clients that come into a realm that is there: all of them or none. */
@Injectable()
export class PartialImport {
  constructor(
    private readonly bus: Bus,
    private readonly outbox: Outbox,
    private readonly clients: Clients,
    private readonly scopes: ClientScopes,
    private readonly clientArrivals: ClientArrivals,
    private readonly sessions: Sessions,
    private readonly arrivals: Arrivals,
    private readonly leftovers: Leftovers,
    private readonly examination: Examination,
    private readonly takenIds: TakenIds,
  ) {}

  async run(request: PartialImportRequest): Promise<ImportReport> {
    await this.leftovers.clearUp();
    if (request.dryRun) return (await this.prepare(request)).report;
    const { realm, by } = request;
    const { plan, report } = await this.outbox.transaction(async (tx, tell) => {
      // Before anything is looked at: what another import adds meanwhile would pass for what is to be taken away.
      if (!(await this.leftovers.lock(tx, realm.id)))
        throw conflict('Another import into this realm is under way');
      const prepared = await this.prepare(request);
      const { plan: made, clients } = prepared;
      await this.clientArrivals.into(tx, tell, { realm, by, clients, removed: made.removedClients });
      await this.carry(by, realm, made);
      return prepared;
    });
    this.clients.forget();
    for (const userId of plan.removed) await this.sessions.endOfUser(realm.id, userId);
    return report;
  }

  private async prepare({ realm, by, rights, input, dryRun }: PartialImportRequest) {
    const ifExists = ifExistsOf(input);
    const findings = new Findings();
    const scopes = await this.scopes.list(realm);
    const file = await readPartialFile(input, findings, {
      emailAsUsername: realm.registrationEmailAsUsername,
      scopeNames: scopes.map(({ name }) => name),
    });
    mustMay(rights, realm, file);
    findings.mustBeRight();
    const plan = await this.plan(realm, file, ifExists, findings);
    if (plan.removed.includes(by.userId)) {
      throw invalid('An import cannot take the place of whoever asks for it', 'users');
    }
    const { passwordPolicy } = await this.bus.call(credentials.policies, { realmId: realm.id });
    await this.examination.ofPlan(plan, findings, passwordPolicy);
    const clients = await this.clientsOf(realm, plan.clients, findings);
    findings.mustBeRight();
    return { plan, clients, report: importReport(plan.results, findings, dryRun) };
  }

  private async plan(
    realm: Realm,
    file: FileContents,
    ifExists: IfExists,
    findings: Findings,
  ): Promise<Plan> {
    const { duplicateEmailsAllowed, loginWithEmailAllowed } = realm;
    const actions = await this.bus.call(users.listActions, { realmId: realm.id });
    const rules = { ifExists, duplicateEmailsAllowed, loginWithEmailAllowed, builtInRoles: false };
    const providers = new Map(actions.map(({ alias, providerId }) => [alias, providerId]));
    const { roles, groups, clients } = file;
    const ids = new Ids(await this.takenIds.of([...roles, ...groups, ...file.users, ...clients]));
    const there = await this.look(realm, file);
    return new Planner(file, there, { ...rules, providers }, findings, ids).make();
  }

  /** Clients come with the transaction around it: if the users come, they do; if anything fails, neither has. */
  private async carry(by: Actor, realm: Realm, plan: Plan): Promise<void> {
    const { id: realmId } = realm;
    const userIds = plan.owners.map(({ userId }) => userId);
    const arrivalId = await this.leftovers.note(realmId, userIds);
    try {
      await this.arrivals.keepCredentials(realm, plan.owners);
      await this.arrivals.arrive({
        by,
        realmId,
        ...(await this.arrivals.layDown(realm.name, plan, arrivalId)),
      });
    } catch (error) {
      if (!(error instanceof OutcomeUnknown)) await this.leftovers.takeAway({ arrivalId, realmId, userIds });
      throw error;
    }
    await this.leftovers.forget(arrivalId);
  }

  private async look(realm: Realm, file: FileContents): Promise<There> {
    const { id: realmId } = realm;
    const there = nothingThere();
    for (const { id, clientId, serviceAccountId } of await this.clients.list(realm)) {
      there.clients.set(clientId, { id, ...(serviceAccountId ? { serviceAccountId } : {}) });
    }
    const defaultRole = await this.bus.call(users.defaultRole, { realmId });
    for (const { id, name } of await this.bus.call(users.listRoles, { realmId })) {
      const kept = id === defaultRole.id || (realm.name === MASTER && KEPT_OF_MASTER.includes(name));
      there.roles.set(name, { id, kept });
    }
    for (const name of clientsNamed(file)) {
      const client = there.clients.get(name);
      if (!client) continue;
      const roles = await this.bus.call(users.listRoles, { realmId, clientId: client.id });
      const kept = isBuiltInClient(name);
      there.clientRoles.set(name, new Map(roles.map((role) => [role.name, { id: role.id, kept }])));
    }
    for (const path of pathsNamed(file)) {
      const group = await this.bus.call(users.findGroup, { realmId, path });
      if (group) there.groups.set(path, group.id);
    }
    for (let from = 0; from < file.users.length; from += AT_ONCE) {
      const some = file.users.slice(from, from + AT_ONCE);
      const usernames = some.map(({ username }) => username);
      const emails = some.flatMap(({ fields: { email } }) => (email ? [email] : []));
      const found = await this.bus.call(users.taken, { realmId, usernames, emails });
      for (const { id, username, email } of found.users) {
        there.usernames.set(canonical(username), id);
        if (email) there.emails.set(canonical(email), id);
      }
    }
    return there;
  }

  private async clientsOf(
    realm: Realm,
    planned: PlannedClient[],
    findings: Findings,
  ): Promise<ArrivingClient[]> {
    const isBound = planned.some(({ flows: overrides }) => Object.keys(overrides).length > 0);
    const list = isBound ? await this.bus.call(flows.listFlows, { realmId: realm.id }) : [];
    return planned.map(({ id, clientId, body, flows: overrides, serviceAccountId, place }) => {
      const { id: _id, clientId: _clientId, secret, ...settings } = body;
      const bound = Object.entries(overrides).flatMap(([use, named]): [string, string][] => {
        const flow = list.find((one) => one.id === named || one.alias === named);
        if (flow) return [[use, flow.id]];
        findings.wrong(`${place}.authenticationFlowBindingOverrides.${use}`, `there is no flow ${named}`);
        return [];
      });
      return {
        ...{ id, clientId },
        settings: {
          ...settings,
          ...(isBound ? { authenticationFlowBindingOverrides: Object.fromEntries(bound) } : {}),
        },
        ...(secret === undefined ? {} : { secret }),
        ...(serviceAccountId === undefined ? {} : { serviceAccountId }),
      };
    });
  }
}

function ifExistsOf(input: unknown): IfExists {
  const { ifResourceExists = 'FAIL' } = asObject(input);
  const known = (['FAIL', 'SKIP', 'OVERWRITE'] as const).find((one) => one === ifResourceExists);
  if (!known) throw invalid('ifResourceExists must be FAIL, SKIP or OVERWRITE', 'ifResourceExists');
  return known;
}

/** Whoever may manage a realm may not therefore do everything in it that an import could. */
function mustMay(
  rights: Authority,
  { name }: Realm,
  { users: people, groups, roles, clients }: FileContents,
): void {
  const needsUsers = people.length + groups.length > 0;
  const needsClients = clients.length > 0 || roles.some(({ client }) => client !== undefined);
  if (needsUsers && !rights.may('manage-users', name)) throw new AppError('forbidden');
  if (needsClients && !rights.may('manage-clients', name)) throw new AppError('forbidden');
}

/** Clients whose roles the file speaks of. */
function clientsNamed({ roles, groups, users: people }: FileContents): Set<string> {
  const named = [
    ...roles.map(({ parts }) => parts),
    ...groups.map((group) => group.roles),
    ...people.map((user) => user.roles),
  ];
  return new Set([
    ...roles.flatMap(({ client }) => client ?? []),
    ...named.flatMap((some) => some?.clients.map(({ client }) => client) ?? []),
  ]);
}

function pathsNamed({ groups, users: people }: FileContents): Set<string> {
  const ofUsers = people
    .flatMap((user) => user.groups ?? [])
    .map(({ name }) => (name.startsWith('/') ? name : `/${name}`));
  return new Set([...groups.map(({ path }) => path), ...ofUsers]);
}
