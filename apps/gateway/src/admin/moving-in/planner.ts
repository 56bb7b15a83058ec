import { canonical, type ClientRef } from '@tumbler/contract-users';
import { conflict } from '@tumbler/errors';
import { isBuiltInClient, type FileClient } from './file-clients.js';
import type { FileGroup } from './file-groups.js';
import type { FileRole, NamedRoles } from './file-roles.js';
import type { FileUser } from './file-users.js';
import type { Findings } from './findings.js';
import type { Ids, ImportedType, Plan } from './plan.js';
import type { FileContents } from './realm-file.js';
import type { There } from './there.js';

/** What is done about things that are there already. */
export type IfExists = 'FAIL' | 'SKIP' | 'OVERWRITE';

export interface Rules {
  ifExists: IfExists;
  duplicateEmailsAllowed: boolean;
  loginWithEmailAllowed: boolean;
  /** Whether roles of clients that every realm has come along: they do with a new realm. */
  builtInRoles: boolean;
  /** The role whose parts every new user gets, and the paths of the groups that they are in, of a new realm. */
  defaultRole?: string;
  defaultGroups?: { place: string; name: string }[];
  /** Providers of required actions, by the alias that the file has for them. */
  providers: ReadonlyMap<string, string>;
}

/**
 * Holds the contents of a file together, and against what is there: who has which role, what is in which group, which ids
 * things get. Pure: what it knows it was given, and what it decides is in the plan.
 */
export class Planner {
  readonly plan: Plan = {
    ...{ clients: [], clientRefs: [], roles: [], groups: [], users: [], owners: [] },
    ...{ removed: [], removedClients: [], results: [] },
  };
  private readonly clientIds = new Map<string, string>();
  /** Of the realm under '', by the name of their client else. */
  private readonly roleIds = new Map<string, Map<string, string>>();
  private readonly groupIds = new Map<string, string>();
  /** Clients that somebody of the file acts as. */
  private readonly serviceAccounts = new Map<string, string>();

  constructor(
    private readonly file: FileContents,
    private readonly there: There,
    private readonly rules: Rules,
    private readonly findings: Findings,
    private readonly ids: Ids,
  ) {
    for (const [name, { id }] of there.clients) this.clientIds.set(name, id);
    for (const [name, { id }] of there.roles) this.idsOf('').set(name, id);
    for (const [client, roles] of there.clientRoles) {
      for (const [name, { id }] of roles) this.idsOf(client).set(name, id);
    }
    for (const [path, id] of there.groups) this.groupIds.set(path, id);
  }

  /** In Keycloak's order: the first thing that is there already is the one that a refusal names. */
  make(): Plan {
    this.planClients();
    this.planRoles();
    this.planGroups();
    this.planUsers();
    this.giveServiceAccounts();
    if (this.ids.renewed > 0) {
      const message = `${this.ids.renewed} ids are taken on this server, or are no UUIDs: new ones are given`;
      this.findings.leftOut('id', message);
    }
    return this.plan;
  }

  private planClients(): void {
    const names = new Set<string>();
    for (const client of this.file.clients) {
      const { clientId, place } = client;
      if (names.has(clientId)) this.findings.wrong(`${place}.clientId`, `there are two clients ${clientId}`);
      names.add(clientId);
      const there = this.there.clients.get(clientId);
      // As in Keycloak, those that every realm has are not imported into one.
      if (there && isBuiltInClient(clientId)) continue;
      const removed = () => {
        this.plan.removedClients.push(there!.id);
        this.plan.removed.push(there!.id, ...(there!.serviceAccountId ? [there!.serviceAccountId] : []));
        this.roleIds.delete(clientId);
      };
      const told = {
        type: 'CLIENT' as const,
        name: clientId,
        refusal: `Client id '${clientId}' already exists`,
      };
      const id = this.place({ at: place, ...told, wanted: client.id, there: there?.id, removed });
      if (id) this.addClient(client, id);
    }
  }

  private addClient({ clientId, body, flows, place }: FileClient, id: string): void {
    this.clientIds.set(clientId, id);
    this.plan.clientRefs.push({ id, name: clientId });
    this.plan.clients.push({ id, clientId, body, flows, place });
  }

  private planRoles(): void {
    const all = this.file.roles.filter(
      ({ client }) => !client || this.rules.builtInRoles || !isBuiltInClient(client),
    );
    const arriving: { role: FileRole; id: string }[] = [];
    const seen = new Set<string>();
    for (const role of all) {
      const { client = '', name, place } = role;
      const key = JSON.stringify([client, name]);
      if (seen.has(key)) this.findings.wrong(`${place}.name`, `there are two roles ${name}`);
      seen.add(key);
      if (client && !this.clientFor(client, place)) continue;
      const there = client ? this.there.clientRoles.get(client)?.get(name) : this.there.roles.get(name);
      // What hung on a client that makes room went with it.
      const stillThere = client && !this.roleIds.has(client) ? undefined : there;
      const id = this.place({
        at: place,
        type: client ? 'CLIENT_ROLE' : 'REALM_ROLE',
        name: client ? `${client}.${name}` : name,
        refusal: client
          ? `Client role '${name}' for client '${client}' already exists`
          : `Realm role '${name}' already exists.`,
        ...{ wanted: role.id, there: stillThere?.id, kept: stillThere?.kept },
        removed: () => this.plan.removed.push(stillThere!.id),
      });
      if (!id) continue;
      this.idsOf(client).set(name, id);
      arriving.push({ role, id });
    }
    this.refuseCircles(arriving.map(({ role }) => role));
    for (const { role, id } of arriving) {
      const { place, name, client, description, attributes, parts } = role;
      this.plan.roles.push({
        ...{ place, id, name, description, attributes },
        ...(client ? { clientId: this.clientIds.get(client)! } : {}),
        parts: this.resolve(parts),
        ...(!client && name === this.rules.defaultRole ? { ofNewUsers: true } : {}),
      });
    }
  }

  /** A role that brings itself along, by whatever way round. */
  private refuseCircles(roles: FileRole[]): void {
    const keyOf = (client: string, name: string) => JSON.stringify([client, name]);
    const byKey = new Map(roles.map((role) => [keyOf(role.client ?? '', role.name), role]));
    const done = new Set<FileRole>();
    const visit = (role: FileRole, above: Set<FileRole>): void => {
      if (above.has(role)) {
        this.findings.wrong(`${role.place}.composites`, `the role ${role.name} brings itself along`);
        return;
      }
      if (done.has(role)) return;
      const { realm, clients } = role.parts;
      const keys = [
        ...realm.map(({ name }) => keyOf('', name)),
        ...clients.map(({ client, name }) => keyOf(client, name)),
      ];
      above.add(role);
      for (const key of keys) {
        const part = byKey.get(key);
        if (part) visit(part, above);
      }
      above.delete(role);
      done.add(role);
    };
    for (const role of roles) visit(role, new Set());
  }

  private planGroups(): void {
    const seen = new Set<string>();
    const arriving = new Map<string, string>();
    for (const group of this.file.groups) {
      const { place, path, above } = group;
      if (seen.has(path)) this.findings.wrong(`${place}.name`, `there are two groups ${path}`);
      seen.add(path);
      if (above === undefined) {
        const there = this.there.groups.get(path);
        const id = this.place({
          ...{
            at: place,
            type: 'GROUP',
            name: path,
            refusal: `Group '${path}' already exists`,
            wanted: group.id,
            there,
          },
          removed: () => this.removeGroups(path),
        });
        if (id) arriving.set(path, id);
      } else if (arriving.has(above)) {
        arriving.set(path, this.ids.give(group.id));
      }
      const id = arriving.get(path);
      if (id) this.addGroup(group, id, above === undefined ? undefined : arriving.get(above));
    }
    for (const { place, name } of this.rules.defaultGroups ?? []) {
      const group = this.plan.groups.find(({ id }) => id === this.groupIds.get(name));
      if (group) group.ofNewUsers = true;
      else this.findings.wrong(place, `there is no group ${name}`);
    }
  }

  private removeGroups(path: string): void {
    this.plan.removed.push(this.there.groups.get(path)!);
    for (const other of [...this.groupIds.keys()])
      if (other.startsWith(`${path}/`)) this.groupIds.delete(other);
  }

  private addGroup(group: FileGroup, id: string, parentId: string | undefined): void {
    const { place, name, path, description, attributes, roles } = group;
    this.groupIds.set(path, id);
    this.plan.groups.push({
      ...{ place, id, name, description, attributes, roles: this.resolve(roles) },
      ...(parentId ? { parentId } : {}),
    });
  }

  private planUsers(): void {
    const byName = new Map<string, FileUser>();
    const byEmail = new Map<string, FileUser>();
    for (const user of this.file.users) {
      const [name, email] = [canonical(user.username), canonical(user.fields.email ?? '')];
      if (byName.has(name)) this.findings.wrong(`${user.place}.username`, `there are two users ${name}`);
      byName.set(name, user);
      if (email && byEmail.has(email) && !this.rules.duplicateEmailsAllowed) {
        this.findings.wrong(`${user.place}.email`, 'another user has the same address');
      }
      if (email) byEmail.set(email, user);
    }
    for (const user of this.file.users) {
      const { serviceAccountOf } = user;
      if (serviceAccountOf && !this.clientIds.has(serviceAccountOf)) {
        this.findings.leftOut(user.place, `the client ${serviceAccountOf}, which acts as it, is not there`);
        continue;
      }
      const name = canonical(user.username);
      const namesake = byEmail.get(name);
      if (this.rules.loginWithEmailAllowed && namesake && namesake !== user) {
        this.findings.wrong(`${user.place}.username`, 'it reads as the address of another user');
      }
      const email = this.rules.duplicateEmailsAllowed ? '' : canonical(user.fields.email ?? '');
      const byTheName = this.there.usernames.get(name);
      const there = byTheName ?? this.there.emails.get(email);
      const refusal = byTheName
        ? `User with user name ${user.username} already exists.`
        : `User with email ${user.fields.email ?? ''} already exists.`;
      const id = this.place({
        ...{ at: user.place, type: 'USER', name: user.username, refusal, wanted: user.id, there },
        removed: () => this.plan.removed.push(there!),
      });
      if (id) this.addUser(user, id);
    }
  }

  private addUser(user: FileUser, id: string): void {
    const {
      place,
      username,
      fields,
      createdTimestamp,
      credentials,
      temporary,
      roles,
      groups,
      requiredActions,
    } = user;
    const actions = requiredActions?.map((action) => this.rules.providers.get(action) ?? action);
    const must = temporary ? ['UPDATE_PASSWORD'] : [];
    this.plan.users.push({
      ...{ ...fields, place, id, username, createdTimestamp },
      ...(actions || temporary ? { requiredActions: [...new Set([...(actions ?? []), ...must])] } : {}),
      ...(roles ? { roles: this.resolve(roles) } : {}),
      ...(groups ? { groups: this.resolveGroups(groups) } : {}),
    });
    if (credentials.length > 0) {
      this.plan.owners.push({ userId: id, username, email: fields.email, credentials });
    }
    if (user.serviceAccountOf) this.serviceAccounts.set(user.serviceAccountOf, id);
  }

  /** A client that acts for itself does so as a user, who may be in the file. */
  private giveServiceAccounts(): void {
    for (const client of this.plan.clients) {
      const userId = this.serviceAccounts.get(client.clientId);
      this.serviceAccounts.delete(client.clientId);
      if (!client.body.serviceAccountsEnabled) continue;
      client.serviceAccountId = userId ?? this.ids.give(undefined);
      if (userId) continue;
      const username = `service-account-${client.clientId}`.toLowerCase();
      const place = `${client.place}.serviceAccountsEnabled`;
      this.plan.users.push({ place, id: client.serviceAccountId, username, requiredActions: [], groups: [] });
    }
  }

  /** The id that something gets, and what is told of it; none for something that is skipped. */
  private place(thing: {
    at: string;
    type: ImportedType;
    name: string;
    refusal: string;
    wanted: string | undefined;
    there: string | undefined;
    /** It cannot make room. */
    kept?: boolean;
    removed: () => void;
  }): string | undefined {
    const told = { resourceType: thing.type, resourceName: thing.name };
    if (thing.there === undefined) {
      const id = this.ids.give(thing.wanted);
      // What comes with every realm, and stands nowhere in the file, has no place in a list.
      if (thing.at.includes('[')) this.plan.results.push({ action: 'ADDED', ...told, id });
      return id;
    }
    if (this.rules.ifExists === 'FAIL') throw conflict(thing.refusal);
    if (this.rules.ifExists === 'SKIP' || thing.kept) {
      this.plan.results.push({ action: 'SKIPPED', ...told, id: thing.there });
      return undefined;
    }
    thing.removed();
    const id = this.ids.give(undefined);
    this.plan.results.push({ action: 'OVERWRITTEN', ...told, id });
    return id;
  }

  private resolve({ realm, clients }: NamedRoles): string[] {
    const ids = new Set<string>();
    for (const { place, name, client = '' } of [...realm, ...clients] as {
      place: string;
      name: string;
      client?: string;
    }[]) {
      const id = this.idsOf(client).get(name);
      if (id) ids.add(id);
      else if (client && isBuiltInClient(client)) {
        this.findings.leftOut(place, `${client} has no role ${name} here`);
      } else {
        this.findings.wrong(
          place,
          client ? `the client ${client} has no role ${name}` : `there is no role ${name}`,
        );
      }
    }
    return [...ids];
  }

  private resolveGroups(groups: { place: string; name: string }[]): string[] {
    return groups.flatMap(({ place, name }) => {
      const id = this.groupIds.get(name.startsWith('/') ? name : `/${name}`);
      if (!id) this.findings.wrong(place, `there is no group ${name}`);
      return id ? [id] : [];
    });
  }

  private clientFor(name: string, place: string): ClientRef | undefined {
    const id = this.clientIds.get(name);
    if (!id) {
      this.findings.wrong(place, `there is no client ${name}`);
      return undefined;
    }
    const ref = { id, name };
    if (!this.plan.clientRefs.some((one) => one.id === id)) this.plan.clientRefs.push(ref);
    return ref;
  }

  private idsOf(client: string): Map<string, string> {
    const ids = this.roleIds.get(client) ?? new Map<string, string>();
    this.roleIds.set(client, ids);
    return ids;
  }
}
