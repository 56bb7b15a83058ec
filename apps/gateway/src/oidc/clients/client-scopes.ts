import { randomUUID } from 'node:crypto';
import { Injectable, type OnApplicationBootstrap } from '@nestjs/common';
import { Bus } from '@tumbler/bus';
import { Clock } from '@tumbler/clock';
import type { CloudEvent, Operation } from '@tumbler/contract-events';
import type { Actor } from '@tumbler/contract-rpc';
import { users, type RoleView } from '@tumbler/contract-users';
import { conflict, invalid, notFound } from '@tumbler/errors';
import { Outbox } from '@tumbler/events';
import { Subscriptions } from '@tumbler/service';
import { DataSource, QueryFailedError, type EntityManager } from 'typeorm';
import { adminEvent } from '../../admin-event.js';
import {
  builtInScopes,
  DEFAULT_SCOPES,
  isBuiltIn,
  OPTIONAL_SCOPES,
  type ClientScope,
} from './built-in-scopes.js';
import type { Client } from './client-settings.js';
import { Clients, type ClientRealm } from './clients.js';
import { Fresh } from './fresh.js';

/** A change is heard of at once; where it is not (NATS was away), it is seen after this long. */
const FRESH_MS = 5_000;
const MOST = 1_000;

interface Row {
  id: string;
  name: string;
  settings: Omit<ClientScope, 'id' | 'name'>;
}

/** What clients may ask for, by realm. Stored is what was changed; the rest is in `built-in-scopes.ts`. */
@Injectable()
export class ClientScopes implements OnApplicationBootstrap {
  private readonly known: Fresh<ClientScope[]>;
  private readonly unfolded: Fresh<RoleView[]>;

  constructor(
    private readonly db: DataSource,
    private readonly clock: Clock,
    private readonly outbox: Outbox,
    private readonly bus: Bus,
    private readonly clients: Clients,
    private readonly subscriptions: Subscriptions,
  ) {
    this.known = new Fresh(clock, FRESH_MS, MOST);
    this.unfolded = new Fresh(clock, FRESH_MS, MOST);
  }

  onApplicationBootstrap(): void {
    this.subscriptions.on('gateway-client-scopes', 'realm.*', (events) => this.realmsWent(events));
    this.subscriptions.hear('client.scope_changed', () => this.forget());
  }

  async realmsWent(events: CloudEvent[]): Promise<void> {
    for (const { type, realmid, time } of events) {
      if (type !== 'realm.removed') continue;
      // A realm may come back under its old id: its new scopes are not for an old event to take away.
      await this.db.query('delete from client_scope where realm_id = $1 and created_at <= $2', [
        realmid,
        time,
      ]);
      this.forget();
    }
  }

  /** By name; remembered for a few seconds. */
  ofRealm(realm: Pick<ClientRealm, 'id'>): Promise<ClientScope[]> {
    return this.known.get(realm.id, () => this.list(realm));
  }

  /** By name; asked anew each time, as the one that follows: administrators see at once what another instance has changed. */
  async list({ id: realmId }: Pick<ClientRealm, 'id'>): Promise<ClientScope[]> {
    const rows: Row[] = await this.db.query(
      'select id, name, settings from client_scope where realm_id = $1',
      [realmId],
    );
    const stored = new Map(rows.map(({ id, name, settings }) => [id, { ...settings, id, name }]));
    const builtIn = builtInScopes(realmId).map((scope) => stored.get(scope.id) ?? scope);
    const added = [...stored.values()].filter(({ name }) => !isBuiltIn(name));
    return [...builtIn, ...added].sort((a, b) => (a.name < b.name ? -1 : 1));
  }

  /** Throws `not_found`. */
  async byId(realm: Pick<ClientRealm, 'id'>, id: string): Promise<ClientScope> {
    const scope = (await this.list(realm)).find((each) => each.id === id);
    if (!scope) throw notFound('Could not find client scope');
    return scope;
  }

  /** The roles of these ids, with all that they bring along; remembered for a few seconds. */
  unfold({ id: realmId }: Pick<ClientRealm, 'id'>, roles: string[]): Promise<RoleView[]> {
    if (roles.length === 0) return Promise.resolve([]);
    const name = `${realmId}/${[...roles].sort().join(' ')}`;
    return this.unfolded.get(name, () => this.bus.call(users.unfoldRoles, { realmId, roles }));
  }

  /** Throws `conflict` for a name that is taken. */
  async create(realm: ClientRealm, by: Actor, { id = randomUUID(), ...rest }: NewScope): Promise<string> {
    const scope = { ...rest, id };
    if (isBuiltIn(scope.name)) throw taken(scope.name);
    await this.change(realm, by, 'CREATE', async (tx) => {
      await this.insert(tx, realm.id, scope).catch(explainTaken(scope.name));
      return scope;
    });
    return id;
  }

  /**
   * Changes a scope as it is by then: of any number of changes at once, none is lost. Clients that have it have it under its
   * new name. Throws `not_found`, `conflict` for a name that is taken, and whatever `change` throws; nothing is changed then.
   * @param change answers what becomes another
   */
  async update(
    realm: ClientRealm,
    by: Actor,
    id: string,
    change: (scope: ClientScope) => Partial<Omit<ClientScope, 'id'>>,
  ): Promise<void> {
    await this.change(realm, by, 'UPDATE', async (tx) => {
      const before = await this.lock(tx, realm, id);
      const changed = { ...before, ...change(before) };
      const { id: _id, name, ...settings } = changed;
      const renamed = name !== before.name;
      if (renamed && isBuiltIn(before.name))
        throw invalid(`The built-in scope ${before.name} keeps its name`, 'name');
      if (renamed && isBuiltIn(name)) throw taken(name);
      await tx
        .query('update client_scope set name = $2, settings = $3 where id = $1', [id, name, settings])
        .catch(explainTaken(name));
      if (renamed) await inClients(tx, realm.id, before.name, name);
      return changed;
    });
  }

  /** Clients have it no more. */
  async remove(realm: ClientRealm, by: Actor, scope: ClientScope): Promise<void> {
    const { id, name } = scope;
    if (isBuiltIn(name))
      throw invalid(`The built-in scope ${name} cannot be removed; clients need not have it`, 'name');
    await this.change(realm, by, 'DELETE', async (tx) => {
      await tx.query('delete from client_scope where id = $1 and realm_id = $2', [id, realm.id]);
      await inClients(tx, realm.id, name, null);
      return scope;
    });
  }

  /** The scope, which nobody else changes until the transaction ends. Throws `not_found`. */
  private async lock(tx: EntityManager, { id: realmId }: ClientRealm, id: string): Promise<ClientScope> {
    const builtIn = builtInScopes(realmId).find((each) => each.id === id);
    if (builtIn) await this.insert(tx, realmId, builtIn, 'on conflict (id) do nothing');
    const [stored]: Row[] = await tx.query(
      'select id, name, settings from client_scope where id = $1 and realm_id = $2 for update',
      [id, realmId],
    );
    if (!stored) throw notFound('Could not find client scope');
    const { settings, ...names } = stored;
    return { ...settings, ...names };
  }

  private async insert(
    tx: EntityManager,
    realmId: string,
    { id, name, ...settings }: ClientScope,
    unless = '',
  ): Promise<void> {
    await tx.query(
      `insert into client_scope (id, realm_id, name, settings, created_at) values ($1, $2, $3, $4, $5) ${unless}`,
      [id, realmId, name, settings, this.clock.now()],
    );
  }

  private async change(
    realm: ClientRealm,
    by: Actor,
    operationType: Operation,
    work: (tx: EntityManager) => Promise<Pick<ClientScope, 'id' | 'name' | 'protocol'>>,
  ): Promise<void> {
    await this.outbox.transaction(async (tx, tell) => {
      const { id, name, protocol } = await work(tx);
      await tell(
        { type: 'client.scope_changed', realmId: realm.id, data: { id, name } },
        adminEvent(by, realm.id, {
          operationType,
          resourceType: 'CLIENT_SCOPE',
          resourcePath: `client-scopes/${id}`,
          ...(operationType === 'DELETE' ? {} : { representation: { id, name, protocol } }),
        }),
      );
    });
    this.forget();
  }

  private forget(): void {
    this.known.clear();
    this.clients.forget();
  }
}

export type NewScope = Omit<ClientScope, 'id'> & { id?: string };

/** Those that new clients of a realm get. */
export function assignedNames(scopes: ClientScope[], to: 'default' | 'optional'): string[] {
  const usual = to === 'default' ? DEFAULT_SCOPES : OPTIONAL_SCOPES;
  const names = scopes.filter(({ assigned }) => assigned === to).map(({ name }) => name);
  return [...usual.filter((name) => names.includes(name)), ...names.filter((name) => !usual.includes(name))];
}

/** Of those that a client has, the ones that are always there and the ones that a token names. */
export function scopesOf(
  { defaultClientScopes, optionalClientScopes }: Pick<Client, 'defaultClientScopes' | 'optionalClientScopes'>,
  scopes: ClientScope[],
  named: string,
): ClientScope[] {
  const asked = new Set(named.split(' '));
  const has = new Set([...defaultClientScopes, ...optionalClientScopes.filter((name) => asked.has(name))]);
  return scopes.filter(({ name }) => has.has(name));
}

/** @param name null takes it away */
async function inClients(
  tx: EntityManager,
  realmId: string,
  before: string,
  name: string | null,
): Promise<void> {
  for (const list of ['defaultClientScopes', 'optionalClientScopes']) {
    await tx.query(
      `update client set settings = settings || jsonb_build_object('${list}', (
         select coalesce(jsonb_agg(case when had = $2 then $3 else had end order by place), '[]')
           from jsonb_array_elements_text(settings->'${list}') with ordinality as list (had, place)
          where had <> $2 or $3::text is not null))
        where realm_id = $1 and settings->'${list}' ? $2`,
      [realmId, before, name],
    );
  }
}

const taken = (name: string) => conflict(`Client Scope ${name} already exists`);

const explainTaken =
  (name: string) =>
  (error: unknown): never => {
    const { constraint } = ((error instanceof QueryFailedError && error.driverError) || {}) as {
      constraint?: string;
    };
    throw constraint === 'client_scope_name' || constraint === 'client_scope_pkey' ? taken(name) : error;
  };
