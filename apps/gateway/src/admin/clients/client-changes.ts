import { randomUUID } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { Bus } from '@tumbler/bus';
import { flows } from '@tumbler/contract-flows';
import type { Actor } from '@tumbler/contract-rpc';
import { users, type Realm } from '@tumbler/contract-users';
import { AppError, invalid } from '@tumbler/errors';
import type { EntityManager } from 'typeorm';
import { administers } from '../../oidc/clients/built-in-clients.js';
import type { ClientScope } from '../../oidc/clients/built-in-scopes.js';
import { assignedNames, ClientScopes } from '../../oidc/clients/client-scopes.js';
import type { Client, ClientSettings } from '../../oidc/clients/client-settings.js';
import { Clients } from '../../oidc/clients/clients.js';
import { MASTER } from '../target-realm.js';
import { TEXTS, type ClientBody } from './client.representation.js';
import { mustBeKeys } from './key-attributes.js';
import { replacing } from './named-mappers.js';

/** Makes, changes and removes clients, with the users that they are when they act for themselves. */
@Injectable()
export class ClientChanges {
  constructor(
    private readonly bus: Bus,
    private readonly clients: Clients,
    private readonly scopes: ClientScopes,
  ) {}

  /** @param along what is to be written with it, or not at all. */
  async create(
    realm: Realm,
    by: Actor,
    body: ClientBody,
    along?: (tx: EntityManager, id: string) => Promise<void>,
  ): Promise<string> {
    const { id, clientId, secret, ...settings } = body;
    if (!clientId) throw invalid('clientId is missing', 'clientId');
    const scopes = await this.scopes.list(realm);
    mustBeScopes(scopes, settings);
    await this.mustBeFlows(realm, settings);
    const made = await this.clients.create(
      realm,
      by,
      {
        ...{ id, clientId, secret },
        settings: {
          ...said(settings),
          ...scopeLists(settings, {
            defaultClientScopes: assignedNames(scopes, 'default'),
            optionalClientScopes: assignedNames(scopes, 'optional'),
          }),
          protocolMappers: replacing([], settings.protocolMappers ?? []),
        },
      },
      along,
    );
    await this.giveServiceAccount(by, await this.clients.byId(realm, made));
    return made;
  }

  /**
   * A client that acts for itself no more loses the user that it was, with its roles: one that begins again begins with none.
   * Of attributes and flows, those that `body` does not name stay, as in Keycloak, and empty ones are taken away.
   */
  async update(realm: Realm, by: Actor, client: Client, body: ClientBody): Promise<void> {
    const { id: _fixed, clientId = client.clientId, secret, ...changes } = body;
    if (isKept(client) && clientId !== client.clientId) throw kept(client);
    if (isKept(client) && realm.name === MASTER && changes.enabled === false) throw kept(client);
    mustBeScopes(await this.scopes.list(realm), changes);
    await this.mustBeFlows(realm, changes);
    let left: string | undefined;
    await this.clients.update(client, by, (now) => {
      left = changes.serviceAccountsEnabled === false ? now.serviceAccountId : undefined;
      return {
        clientId: body.clientId,
        secret,
        ...(left ? { serviceAccountId: null } : {}),
        settings: changedSettings(now, changes),
      };
    });
    if (left) await this.removeUser(by, realm.id, left);
    else if (clientId !== client.clientId) await this.renameServiceAccount(by, { ...client, clientId });
    await this.giveServiceAccount(by, await this.clients.byId(realm, client.id));
  }

  async remove(realm: Realm, by: Actor, client: Client): Promise<void> {
    if (isKept(client)) throw kept(client);
    await this.clients.remove(client, by);
    if (client.serviceAccountId) await this.removeUser(by, realm.id, client.serviceAccountId);
  }

  /** Where a flow is missing, nobody could sign in. */
  private async mustBeFlows({ id: realmId }: Realm, settings: ClientSettings): Promise<void> {
    const field = 'authenticationFlowBindingOverrides';
    const named = Object.values(settings[field] ?? {}).filter((id) => id !== '');
    if (named.length === 0) return;
    const known = new Set((await this.bus.call(flows.listFlows, { realmId })).map(({ id }) => id));
    const stranger = named.find((id) => !known.has(id));
    if (stranger !== undefined) throw invalid(`There is no flow ${stranger}`, field);
  }

  /** By id and not by name: somebody could register under the name before. */
  private async giveServiceAccount(by: Actor, client: Client): Promise<void> {
    if (!client.serviceAccountsEnabled || client.serviceAccountId) return;
    const userId = randomUUID();
    const fields = { username: accountOf(client), enabled: true, requiredActions: [] };
    await this.bus.call(users.create, { by, realmId: client.realmId, userId, fields });
    const first = await this.clients.setServiceAccount(client, userId);
    if (!first) await this.removeUser(by, client.realmId, userId);
  }

  /** The old name is free for whoever takes the old name of the client. What the users refuse, such as one that somebody has, fails nothing: the account goes by its id. */
  private async renameServiceAccount(by: Actor, client: Client): Promise<void> {
    const { realmId, serviceAccountId: userId } = client;
    if (!userId) return;
    try {
      await this.bus.call(users.update, { by, realmId, userId, fields: { username: accountOf(client) } });
    } catch (error) {
      if (!(error instanceof AppError) || error.code === 'service_unavailable') throw error;
    }
  }

  private async removeUser(by: Actor, realmId: string, userId: string): Promise<void> {
    try {
      await this.bus.call(users.remove, { by, realmId, userId });
    } catch (error) {
      if (!isMissing(error)) throw error;
    }
  }
}

function mustBeScopes(scopes: ClientScope[], settings: ClientSettings): void {
  for (const field of ['defaultClientScopes', 'optionalClientScopes'] as const) {
    const stranger = settings[field]?.find((name) => !scopes.some((scope) => scope.name === name));
    if (stranger !== undefined) throw invalid(`There is no client scope ${stranger}`, field);
  }
}

/** What becomes of the settings of a client as it is by then. */
function changedSettings(now: Client, changes: ClientSettings): ClientSettings {
  const { defaultClientScopes, optionalClientScopes, protocolMappers } = changes;
  return {
    ...said(changes),
    ...mergedTexts(now, changes),
    ...(defaultClientScopes || optionalClientScopes ? scopeLists(changes, now) : {}),
    ...(protocolMappers ? { protocolMappers: replacing(now.protocolMappers, protocolMappers) } : {}),
  };
}

function mergedTexts(now: Client, changes: ClientSettings): ClientSettings {
  const merged: ClientSettings = {};
  for (const field of TEXTS) {
    const texts = Object.entries({ ...now[field], ...changes[field] }).filter(([, text]) => text !== '');
    if (changes[field]) merged[field] = Object.fromEntries(texts);
  }
  // Some are right or wrong by what others say.
  if (merged.attributes) mustBeKeys(merged.attributes);
  return merged;
}

type ScopeLists = Pick<Client, 'defaultClientScopes' | 'optionalClientScopes'>;

/** A scope is in one list, once: what is said goes before what was, and the default ones before the optional ones. */
function scopeLists(said: Partial<ScopeLists>, before: ScopeLists): ScopeLists {
  const { defaultClientScopes: always, optionalClientScopes: asked } = said;
  const defaults = always ?? before.defaultClientScopes.filter((name) => !asked?.includes(name));
  const optional = (asked ?? before.optionalClientScopes).filter((name) => !defaults.includes(name));
  return { defaultClientScopes: [...new Set(defaults)], optionalClientScopes: [...new Set(optional)] };
}

/** What administration goes through keeps its name: under a name that were free, somebody else's client would get it. */
const isKept = ({ clientId, manages }: Client): boolean => manages !== undefined || administers(clientId);

const kept = ({ clientId }: Client) =>
  invalid(`Client ${clientId} is what administrators come by: it cannot be removed, renamed or done without`);

const said = <T extends object>(changes: T): Partial<T> =>
  Object.fromEntries(Object.entries(changes).filter(([, value]) => value !== undefined)) as Partial<T>;

const accountOf = ({ clientId }: Pick<Client, 'clientId'>): string => `service-account-${clientId}`;

const isMissing = (error: unknown): boolean => error instanceof AppError && error.code === 'not_found';
