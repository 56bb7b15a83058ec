import { Injectable } from '@nestjs/common';
import { Bus } from '@tumbler/bus';
import { credentials } from '@tumbler/contract-credentials';
import { flows, type ArrivedFlows } from '@tumbler/contract-flows';
import type { Actor } from '@tumbler/contract-rpc';
import { ACCOUNT_CLIENT, ACCOUNT_ROLES, ADMIN_RIGHTS, users, type Realm } from '@tumbler/contract-users';
import { conflict } from '@tumbler/errors';
import { DataSource } from 'typeorm';
import { GatewayConfig } from '../../config.js';
import { builtInClients } from '../../oidc/clients/built-in-clients.js';
import { ClientArrivals, type ArrivingClient } from '../../oidc/clients/client-arrivals.js';
import { Clients, managesFromMaster } from '../../oidc/clients/clients.js';
import { Realms } from '../../realms/realms.js';
import { MASTER } from '../target-realm.js';
import { Arrivals, OutcomeUnknown } from './arrivals.js';
import { Examination } from './examination.js';
import { BUILT_IN } from './file-clients.js';
import type { FileRole } from './file-roles.js';
import { Findings } from './findings.js';
import { importReport, type ImportReport } from './import-report.js';
import { Leftovers } from './leftovers.js';
import { Ids, type ImportResult, type Plan, type PlannedClient } from './plan.js';
import { Planner } from './planner.js';
import { readRealmFile, type RealmFile } from './realm-file.js';
import { TakenIds } from './taken-ids.js';
import { nothingThere } from './there.js';

const MANAGEMENT = 'realm-management';
const OF_MANAGEMENT = new Set<string>([...ADMIN_RIGHTS, 'realm-admin']);

export interface ImportedRealm {
  /** Absent where nothing was written. */
  realm?: Realm;
  report: ImportReport;
}

/**
 * A realm that comes with everything in it. All of it is carried to where it belongs while nobody knows the realm, which
 * comes last, in one transaction of the users service: whoever fails, or stops, before that leaves no realm.
 */
@Injectable()
export class RealmImport {
  constructor(
    private readonly bus: Bus,
    private readonly db: DataSource,
    private readonly config: GatewayConfig,
    private readonly realms: Realms,
    private readonly clients: Clients,
    private readonly clientArrivals: ClientArrivals,
    private readonly arrivals: Arrivals,
    private readonly leftovers: Leftovers,
    private readonly examination: Examination,
    private readonly takenIds: TakenIds,
  ) {}

  async run(by: Actor, input: unknown, { dryRun }: { dryRun: boolean }): Promise<ImportedRealm> {
    await this.leftovers.clearUp();
    const findings = new Findings();
    const file = completed(await readRealmFile(input, findings), findings);
    if (file.name) await this.mustBeFree(file.name);
    const taken = await this.takenIds.of([
      file,
      ...file.roles,
      ...file.groups,
      ...file.users,
      ...file.clients,
    ]);
    const ids = new Ids(taken);
    const realm = { id: ids.give(file.id), name: file.name };
    const plan = this.plan(file, ids, findings);
    const { name, settings, actions, profile } = file;
    const arriving = { name, settings, actions, ...(profile ? { profile } : {}) };
    await this.examination.ofRealm(file, arriving, findings);
    const { passwordPolicy } = await this.examination.ofPlan(plan, findings, file.policies.passwordPolicy);
    mustKnowFlows(file, plan, findings);
    findings.mustBeRight();

    const report = importReport([...resultsOf(file, realm.id), ...plan.results], findings, dryRun);
    if (dryRun) return { report };
    // Nothing, where it says nothing: then the rules are those that every realm has.
    const policies = {
      ...file.policies,
      ...(file.policies.passwordPolicy ? { passwordPolicy: passwordPolicy ?? '' } : {}),
    };
    const made = await this.db.transaction(async (tx) => {
      // Asked again now that nobody else imports it: what would be taken away below might be somebody's.
      const isFree =
        (await this.leftovers.lock(tx, realm.id)) && !(await this.takenIds.of([realm])).has(realm.id);
      if (!isFree) throw conflict(`Realm ${realm.name} is being imported, or was just now`);
      return this.carry(by, { ...file, policies }, realm, plan);
    });
    return { realm: made, report };
  }

  private plan(file: RealmFile, ids: Ids, findings: Findings): Plan {
    const { duplicateEmailsAllowed = false, loginWithEmailAllowed = true } = file.settings;
    return new Planner(
      file,
      nothingThere(),
      {
        ...{ ifExists: 'FAIL', duplicateEmailsAllowed, loginWithEmailAllowed, builtInRoles: true },
        ...{ defaultRole: file.defaultRole, defaultGroups: file.defaultGroups },
        providers: new Map(file.actions.map(({ alias, providerId }) => [alias, providerId])),
      },
      findings,
      ids,
    ).make();
  }

  private async carry(
    by: Actor,
    file: RealmFile,
    realm: { id: string; name: string },
    plan: Plan,
  ): Promise<Realm> {
    const { id: realmId, name } = realm;
    const arrivalId = await this.leftovers.note(realmId);
    try {
      // An attempt that stopped half-way may have left something under this id.
      if (file.id) await this.bus.call(credentials.disown, { realmId });
      if (isSaid(file.policies))
        await this.bus.call(credentials.setPolicies, { realmId, settings: file.policies });
      await this.arrivals.keepCredentials(realm, plan.owners);
      const { flows: known } = await this.carryFlows(realmId, file);
      await this.clientArrivals.before(realm, this.clientsOf(realm, plan.clients, known), file.scopes);
      const laidDown = await this.arrivals.layDown(name, plan, arrivalId);
      const { settings, actions, profile } = file;
      await this.arrivals.arrive({
        ...{ by, realmId, ...laidDown },
        realm: { name, settings, actions, ...(profile ? { profile } : {}) },
      });
    } catch (error) {
      if (!(error instanceof OutcomeUnknown))
        await this.leftovers.takeAway({ arrivalId, realmId, userIds: null });
      throw error;
    } finally {
      this.realms.forget();
      this.clients.forget();
    }
    await this.leftovers.forget(arrivalId);
    const made = await this.realms.byName(name);
    await this.clients.fill(made);
    return made;
  }

  private carryFlows(
    realmId: string,
    { flows: list, configs, bindings, audit }: RealmFile,
  ): Promise<ArrivedFlows> {
    const isAny = list.length + configs.length > 0 || isSaid(bindings) || isSaid(audit);
    // A realm that nobody said anything of gets its default flows when they are first needed.
    if (!isAny) return Promise.resolve({ flows: [] });
    const arriving = { flows: list, configs, bindings };
    return this.bus.call(flows.arriveFlows, { realmId, arriving, ...(isSaid(audit) ? { audit } : {}) });
  }

  /** Those that every realm has are made as they are here, under the ids that they had there. */
  private clientsOf(
    realm: { id: string; name: string },
    planned: PlannedClient[],
    known: ArrivedFlows['flows'],
  ): ArrivingClient[] {
    const own = new Map(
      builtInClients(this.config.publicUrl, realm).map((client) => [client.clientId, client]),
    );
    return planned.flatMap(({ id, clientId, body, flows: overrides, serviceAccountId }) => {
      if (clientId === MANAGEMENT) return [];
      const { clientId: _name, ...builtIn } = own.get(clientId) ?? { clientId };
      const { id: _id, clientId: _clientId, secret, ...settings } = body;
      const bound = Object.entries(overrides).map(([use, flow]): [string, string] => [
        use,
        known.find(({ id: is, alias, was }) => [was, is, alias].includes(flow))?.id ?? flow,
      ]);
      const flowIds =
        bound.length > 0 ? { authenticationFlowBindingOverrides: Object.fromEntries(bound) } : {};
      return [
        {
          ...{ id, clientId, settings: own.has(clientId) ? builtIn : { ...settings, ...flowIds } },
          ...(secret === undefined ? {} : { secret }),
          ...(serviceAccountId === undefined ? {} : { serviceAccountId }),
        },
      ];
    });
  }

  private async mustBeFree(name: string): Promise<void> {
    if (await this.bus.call(users.findRealm, { name })) throw conflict(`Realm ${name} already exists`);
    // Master has a client for each realm, whose name a client of somebody's may have.
    const client = managesFromMaster(name);
    const taken = await this.clients.byClientId(await this.realms.byName(MASTER), client);
    if (taken) throw conflict(`Client ${client} of ${MASTER} already exists`, 'realm');
  }
}

/** With what every realm has, as far as the file does not tell of it and something in it may speak of it. */
function completed(file: RealmFile, findings: Findings): RealmFile {
  const missing = BUILT_IN.filter((clientId) => !file.clients.some((client) => client.clientId === clientId));
  const clients = missing.map((clientId) => ({ place: 'clients', clientId, body: { clientId }, flows: {} }));
  const roles = file.roles.flatMap((role) => {
    if (role.client !== MANAGEMENT) return [role];
    if (!OF_MANAGEMENT.has(role.name)) {
      findings.leftOut(role.place, `${MANAGEMENT} has no role ${role.name} here`);
      return [];
    }
    // What these let administer is fixed: a file adds nothing to it.
    return [{ ...role, parts: { realm: [], clients: [] } }];
  });
  const isThere = file.roles.some(({ name, client }) => name === file.defaultRole && !client);
  const defaultRole = isThere ? file.defaultRole! : `default-roles-${file.name.toLowerCase()}`;
  const add = (role: FileRole) => {
    if (!roles.some(({ name, client }) => name === role.name && client === role.client)) roles.push(role);
  };
  const none = { realm: [], clients: [] };
  for (const name of ['offline_access', 'uma_authorization']) {
    add({
      place: 'roles.realm',
      name,
      description: `\${role_${name.replace('_access', '-access')}}`,
      parts: none,
    });
  }
  const everyones = ['offline_access', 'uma_authorization'].map((name) => ({ place: 'defaultRole', name }));
  add({
    ...{ place: 'defaultRole', name: defaultRole, description: '${role_default-roles}' },
    parts: { realm: [...everyones, ...file.defaultRoles], clients: [] },
  });
  for (const name of OF_MANAGEMENT) add({ place: 'roles.client', name, client: MANAGEMENT, parts: none });
  addAccountRoles(roles, defaultRole);
  return { ...file, clients: [...file.clients, ...clients], roles, defaultRole };
}

/**
 * Those that the file says nothing of. Whether everybody has one that is in the file was decided where it comes from: what
 * Keycloak took from everybody is not given back.
 */
function addAccountRoles(roles: FileRole[], defaultRole: string): void {
  const place = 'roles.client';
  const missing = ACCOUNT_ROLES.filter(
    ({ name }) => !roles.some((role) => role.name === name && role.client === ACCOUNT_CLIENT),
  );
  const named = (names: readonly string[]) => names.map((name) => ({ place, client: ACCOUNT_CLIENT, name }));
  for (const { name, parts } of missing) {
    roles.push({
      ...{ place, name, client: ACCOUNT_CLIENT, description: `\${role_${name}}` },
      parts: { realm: [], clients: named(parts) },
    });
  }
  const added = missing.filter(({ everyones }) => everyones).map(({ name }) => name);
  const at = roles.findIndex(({ name, client }) => name === defaultRole && !client);
  const { parts, ...everyones } = roles[at]!;
  roles[at] = { ...everyones, parts: { ...parts, clients: [...parts.clients, ...named(added)] } };
}

function mustKnowFlows({ flows: list }: RealmFile, { clients }: Plan, findings: Findings): void {
  const known = new Set(list.flatMap(({ id, alias }) => [id, alias]));
  for (const { place, flows: overrides } of clients) {
    for (const [use, flow] of Object.entries(overrides)) {
      if (known.has(flow)) continue;
      findings.wrong(`${place}.authenticationFlowBindingOverrides.${use}`, `there is no flow ${flow}`);
    }
  }
}

function resultsOf({ name, flows: list }: RealmFile, id: string): ImportResult[] {
  const flowsOfIt = list.filter(({ topLevel }) => topLevel === true);
  return [
    { action: 'ADDED', resourceType: 'REALM', resourceName: name, id },
    ...flowsOfIt.map(({ alias, id: flowId }): ImportResult => ({
      ...{ action: 'ADDED', resourceType: 'AUTH_FLOW', resourceName: String(alias) },
      id: typeof flowId === 'string' ? flowId : '',
    })),
  ];
}

const isSaid = (settings: object): boolean => Object.values(settings).some((value) => value !== undefined);
