import { randomBytes, randomUUID } from 'node:crypto';
import { Injectable, type OnApplicationBootstrap } from '@nestjs/common';
import { Bus } from '@tumbler/bus';
import { Clock } from '@tumbler/clock';
import type { CloudEvent, Operation } from '@tumbler/contract-events';
import type { Actor } from '@tumbler/contract-rpc';
import { ACCOUNT_CLIENT, users, type Realm } from '@tumbler/contract-users';
import { conflict, notFound } from '@tumbler/errors';
import { Outbox, type Tell } from '@tumbler/events';
import { Keyring } from '@tumbler/sealing';
import { Subscriptions } from '@tumbler/service';
import { isUUID } from 'class-validator';
import { DataSource, QueryFailedError, type EntityManager } from 'typeorm';
import { GatewayConfig } from '../../config.js';
import { endAllOf, rename } from './client-ends.js';
import { builtInClients, HOLDS_ROLES } from './built-in-clients.js';
import { Fresh } from './fresh.js';
import { CLIENT_DEFAULTS, isConfidential, type Client, type ClientSettings } from './client-settings.js';

/** A change is heard of at once; where it is not (NATS was away), it is seen after this long. */
const FRESH_MS = 5_000;
/** More names than this are not remembered: somebody tries names. */
const MOST = 10_000;

/** What of a realm names its clients. */
export type ClientRealm = Pick<Realm, 'id' | 'name'>;

export interface Row {
  id: string;
  realmId: string;
  clientId: string;
  settings: ClientSettings;
  serviceAccountId?: string | null;
  manages?: string | null;
}

/** What becomes another. */
export interface ClientChange {
  clientId?: string;
  secret?: string;
  settings?: ClientSettings;
  /** It acts as this user no more. */
  serviceAccountId?: null;
}

interface SecretRow {
  secret: Buffer | null;
  sealedWith: string | null;
}

const COLUMNS =
  'id, realm_id as "realmId", client_id as "clientId", settings, service_account_id as "serviceAccountId", manages';

/** The applications of every realm. */
@Injectable()
export class Clients implements OnApplicationBootstrap {
  private readonly known: Fresh<Client | undefined>;
  private readonly secrets: Fresh<string | undefined>;
  private readonly filled = new Set<string>();

  constructor(
    private readonly db: DataSource,
    private readonly clock: Clock,
    private readonly keyring: Keyring,
    private readonly outbox: Outbox,
    private readonly config: GatewayConfig,
    private readonly bus: Bus,
    private readonly subscriptions: Subscriptions,
  ) {
    this.known = new Fresh(clock, FRESH_MS, MOST);
    this.secrets = new Fresh(clock, FRESH_MS, MOST);
  }

  onApplicationBootstrap(): void {
    this.subscriptions.on('gateway-clients', 'realm.*', (events) => this.followRealms(events));
    this.subscriptions.hear('client.*', () => this.forget());
  }

  async followRealms(events: CloudEvent[]): Promise<void> {
    for (const { type, realmid, time, data } of events) {
      if (type === 'realm.changed' && 'name' in data) {
        await this.db.query(
          'update client set client_id = $2 where manages = $1 and realm_id <> $1 and client_id <> $2',
          [realmid, managesFromMaster(String(data.name))],
        );
        this.forget();
      }
      if (type !== 'realm.removed') continue;
      // A realm may come back under its old id: its new clients are not for an old event to take away.
      await this.db.transaction(async (tx) => {
        const [, gone]: [unknown, number] = await tx.query(
          'delete from client where (realm_id = $1 or manages = $1) and created_at <= $2',
          [realmid, time],
        );
        if (gone > 0) await tx.query('delete from realm_with_clients where realm_id = $1', [realmid]);
      });
      this.filled.delete(realmid);
      this.forget();
    }
  }

  /** The client of this name, which may be switched off; remembered for a few seconds. */
  byClientId(realm: ClientRealm, clientId: string): Promise<Client | undefined> {
    return this.known.get(`${realm.id}/${clientId}`, () => this.findWhere(realm, 'client_id = $2', clientId));
  }

  /** Undefined for a client that has no secret; remembered for a few seconds. */
  secretOf({ id, realmId }: Pick<Client, 'id' | 'realmId'>): Promise<string | undefined> {
    return this.secrets.get(`${realmId}/${id}`, () => this.readSecret(realmId, id));
  }

  /** Asked anew each time, as the ones that follow. A text that can be no id is that of nobody. */
  async find(realm: ClientRealm, id: string): Promise<Client | undefined> {
    return isUUID(id) ? this.findWhere(realm, 'id = $2', id) : undefined;
  }

  /** Throws `not_found`. */
  async byId(realm: ClientRealm, id: string): Promise<Client> {
    const client = await this.find(realm, id);
    if (!client) throw notFound('Could not find client');
    return client;
  }

  async list(realm: ClientRealm): Promise<Client[]> {
    await this.fill(realm);
    const rows: Row[] = await this.db.query(
      `select ${COLUMNS} from client where realm_id = $1 order by client_id`,
      [realm.id],
    );
    return rows.map(clientOf);
  }

  /** Throws `conflict` for a name that is taken. @param along what is to be written with it, or not at all. */
  async create(
    realm: ClientRealm,
    by: Actor,
    {
      id = randomUUID(),
      clientId,
      secret,
      settings,
    }: { id?: string; clientId: string; secret?: string; settings: ClientSettings },
    along?: (tx: EntityManager, id: string) => Promise<void>,
  ): Promise<string> {
    await this.fill(realm);
    await this.change(async (tx, tell) => {
      const row = { id, realmId: realm.id, clientId, settings };
      await this.mustInsert(tx, row, secret);
      await along?.(tx, id);
      await tellOf(tell, 'CREATE', by, row);
    });
    return id;
  }

  /**
   * Changes a client as it is by then: of any number of changes at once, none is lost. Throws `not_found`, `conflict` for a name
   * that is taken, and whatever `change` throws; nothing is changed then.
   * @param change answers what becomes another; settings that it does not name stay
   */
  async update(
    { id, realmId }: Pick<Client, 'id' | 'realmId'>,
    by: Actor,
    change: (client: Client) => ClientChange,
  ): Promise<void> {
    await this.change(async (tx, tell) => {
      const [before]: Row[] = await tx.query(
        `select ${COLUMNS} from client where id = $1 and realm_id = $2 for update`,
        [id, realmId],
      );
      if (!before) throw notFound('Could not find client');
      const { settings: changed, secret, ...others } = change(clientOf(before));
      const { clientId = before.clientId, serviceAccountId = before.serviceAccountId } = others;
      const settings = { ...before.settings, ...changed };
      const row = { ...before, clientId, settings, serviceAccountId };
      await tx
        .query(
          `update client set client_id = $1, settings = $2, service_account_id = $3
            where id = $4 and realm_id = $5`,
          [clientId, settings, serviceAccountId, id, realmId],
        )
        .catch((error: unknown) => {
          throw isTaken(error) ? conflict(`Client ${clientId} already exists`) : error;
        });
      if (clientId !== before.clientId) await rename(tx, clientOf(before), clientId);
      await this.settleSecret(tx, row, secret);
      await tellOf(tell, 'UPDATE', by, row);
    });
  }

  async remove(client: Client, by: Actor): Promise<void> {
    await this.change(async (tx, tell) => {
      const { id, realmId } = client;
      await tx.query('delete from client where id = $1 and realm_id = $2', [id, realmId]);
      await endAllOf(tx, client, this.clock.now());
      await tellOf(tell, 'DELETE', by, client);
    });
  }

  /** Answers whether it took the place: another request may have been first. */
  async setServiceAccount({ id, realmId }: Client, userId: string): Promise<boolean> {
    const [, count]: [unknown, number] = await this.db.query(
      `update client set service_account_id = $1
        where id = $2 and realm_id = $3 and service_account_id is null`,
      [userId, id, realmId],
    );
    this.forget();
    return count > 0;
  }

  /** The old secret is worth nothing from now on. */
  async renewSecret(client: Client, by: Actor): Promise<string> {
    const secret = newSecret();
    await this.change(async (tx, tell) => {
      await this.writeSecret(tx, client, secret);
      await tellOf(tell, 'ACTION', by, client, '/client-secret');
    });
    return secret;
  }

  private async change(work: (tx: EntityManager, tell: Tell) => Promise<void>): Promise<void> {
    await this.outbox.transaction(work);
    this.forget();
  }

  /** The next look asks the database. */
  forget(): void {
    this.known.clear();
    this.secrets.clear();
  }

  private async findWhere(realm: ClientRealm, where: string, value: string): Promise<Client | undefined> {
    await this.fill(realm);
    const [row]: Row[] = await this.db.query(
      `select ${COLUMNS} from client where realm_id = $1 and ${where}`,
      [realm.id, value],
    );
    return row && clientOf(row);
  }

  /** Gives a realm its built-in clients, once; however many instances come here together, one does it. */
  async fill(realm: ClientRealm): Promise<void> {
    if (this.filled.has(realm.id)) return;
    const managing = await this.bus.call(users.managementClients, { realmId: realm.id });
    await this.db.transaction(async (tx) => {
      const first: unknown[] = await tx.query(
        'insert into realm_with_clients (realm_id) values ($1) on conflict do nothing returning realm_id',
        [realm.id],
      );
      if (first.length === 0) return;
      for (const { clientId, ...settings } of builtInClients(this.config.publicUrl, realm)) {
        await this.insert(tx, { id: randomUUID(), realmId: realm.id, clientId, settings });
      }
      for (const { id, realmId, name: clientId } of managing) {
        const settings = { name: `${realm.name} Realm`, ...HOLDS_ROLES };
        await this.insert(tx, { id, realmId, clientId, settings, manages: realm.id });
      }
    });
    await this.giveAccountRoles(realm);
    this.filled.add(realm.id);
  }

  /** Also where a realm has its clients from before there were such roles, or who gave it the clients came no further. */
  private async giveAccountRoles({ id: realmId }: ClientRealm): Promise<void> {
    const [account]: { id: string }[] = await this.db.query(
      'select id from client where realm_id = $1 and client_id = $2',
      [realmId, ACCOUNT_CLIENT],
    );
    if (account) await this.bus.call(users.giveAccountRoles, { realmId, clientId: account.id });
  }

  /** Answers false, and makes nothing, where the name or the id is taken. */
  async insert(tx: EntityManager, row: Row, secret?: string): Promise<boolean> {
    const { id, realmId, clientId, settings, manages = null, serviceAccountId = null } = row;
    const plain = isConfidential(clientOf(row)) ? (secret ?? newSecret()) : undefined;
    const sealed = plain === undefined ? undefined : this.seal(row, plain);
    const made: unknown[] = await tx.query(
      `insert into client
         (id, realm_id, client_id, settings, secret, sealed_with, created_at, manages, service_account_id)
       values ($1, $2, $3, $4, $5, $6, $7, $8, $9) on conflict do nothing returning id`,
      [
        id,
        realmId,
        clientId,
        settings,
        sealed?.data ?? null,
        sealed?.keyId ?? null,
        this.clock.now(),
        manages,
        serviceAccountId,
      ],
    );
    return made.length > 0;
  }

  /** Throws `conflict` where the name or the id is taken. */
  async mustInsert(tx: EntityManager, row: Row, secret?: string): Promise<void> {
    if (!(await this.insert(tx, row, secret))) throw conflict(`Client ${row.clientId} already exists`);
  }

  /** A client that proves itself has a secret, and any other has none: one from before could be known to anybody by now. */
  private async settleSecret(tx: EntityManager, row: Row, secret: string | undefined): Promise<void> {
    if (!isConfidential(clientOf(row))) {
      await tx.query('update client set secret = null, sealed_with = null where id = $1', [row.id]);
    } else if (secret !== undefined || !(await this.hasSecret(tx, row))) {
      await this.writeSecret(tx, row, secret ?? newSecret());
    }
  }

  private async writeSecret(tx: EntityManager, client: Pick<Client, 'id' | 'realmId'>, secret: string) {
    const { data, keyId } = this.seal(client, secret);
    await tx.query('update client set secret = $1, sealed_with = $2 where id = $3 and realm_id = $4', [
      data,
      keyId,
      client.id,
      client.realmId,
    ]);
  }

  private async hasSecret(tx: EntityManager, { id }: Row): Promise<boolean> {
    const found: unknown[] = await tx.query('select 1 from client where id = $1 and secret is not null', [
      id,
    ]);
    return found.length > 0;
  }

  private async readSecret(realmId: string, id: string): Promise<string | undefined> {
    const [row]: SecretRow[] = await this.db.query(
      'select secret, sealed_with as "sealedWith" from client where id = $1 and realm_id = $2',
      [id, realmId],
    );
    if (!row?.secret || !row.sealedWith) return undefined;
    return this.keyring.open({ keyId: row.sealedWith, data: row.secret }, placeOf(realmId, id)).toString();
  }

  private seal({ id, realmId }: Pick<Client, 'id' | 'realmId'>, secret: string) {
    return this.keyring.seal(Buffer.from(secret), placeOf(realmId, id));
  }
}

/** The client in master whose roles let administer the realm of this name. */
export const managesFromMaster = (realm: string): string => `${realm}-realm`;

const clientOf = ({ settings, serviceAccountId, manages, ...names }: Row): Client => ({
  ...CLIENT_DEFAULTS,
  ...settings,
  ...names,
  ...(serviceAccountId ? { serviceAccountId } : {}),
  ...(manages ? { manages } : {}),
});

/** A secret that is copied to the row of another client opens nothing there. */
const placeOf = (realmId: string, id: string): string => `client/${realmId}/${id}`;

/** 256 bits. */
const newSecret = (): string => randomBytes(32).toString('base64url');

const isTaken = (error: unknown): boolean =>
  error instanceof QueryFailedError &&
  (error.driverError as { constraint?: string }).constraint === 'client_name';

/** The settings of a client hold no secret; its secret is never told. */
export async function tellOf(
  tell: Tell,
  operationType: Operation,
  { realmId, clientId, userId, ipAddress }: Actor,
  client: Pick<Client, 'id' | 'realmId' | 'clientId'>,
  below = '',
): Promise<void> {
  const data = { id: client.id, clientId: client.clientId };
  const authDetails = { realmId, clientId, userId, ...(ipAddress ? { ipAddress } : {}) };
  const resourcePath = `clients/${client.id}${below}`;
  await tell(
    { type: operationType === 'DELETE' ? 'client.removed' : 'client.changed', realmId: client.realmId, data },
    {
      type: 'admin',
      realmId: client.realmId,
      data: { operationType, resourceType: 'CLIENT', resourcePath, authDetails },
    },
  );
}
