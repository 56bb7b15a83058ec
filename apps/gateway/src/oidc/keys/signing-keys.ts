import { randomUUID } from 'node:crypto';
import { Injectable, type OnApplicationBootstrap } from '@nestjs/common';
import { Clock } from '@tumbler/clock';
import type { CloudEvent } from '@tumbler/contract-events';
import type { Realm, SigningAlgorithm } from '@tumbler/contract-users';
import { Keyring } from '@tumbler/sealing';
import { Subscriptions } from '@tumbler/service';
import {
  exportJWK,
  exportPKCS8,
  generateKeyPair,
  importJWK,
  importPKCS8,
  type CryptoKey,
  type JWK,
} from 'jose';
import { DataSource, type EntityManager } from 'typeorm';
import { Fresh } from '../clients/fresh.js';
import { KeySet, type NewKey, type RealmKey } from './key-set.js';

/** A change is heard of at once; where it is not (NATS was away), it is seen after this long: well before a new key signs. */
const FRESH_MS = 30_000;
/** More realms, or more keys, than this are not kept in memory. */
const MOST = 1_000;
const DAY = 24 * 3600;
/** Attribute of a realm: after how many days its keys are replaced; 0 for never. */
const ROTATION_DAYS = 'signing.key.rotation.days';
const ROTATION_DAYS_DEFAULT = 90;

export type KeyRealm = Pick<Realm, 'id' | 'attributes'>;

export interface SigningKey {
  kid: string;
  algorithm: SigningAlgorithm;
  privateKey: CryptoKey;
}

export interface VerifyingKey {
  algorithm: SigningAlgorithm;
  publicKey: CryptoKey;
}

const COLUMNS = `kid, algorithm, generation, public_jwk as "publicJwk", private_key as "privateKey",
  sealed_with as "sealedWith", created_at as "createdAt", signs_from as "signsFrom", longest`;

/**
 * The keys that sign the tokens of each realm, sealed in the database. A realm is given one for every algorithm when it
 * first needs one, so that a change of algorithm finds its key published; a successor is published before it signs, and
 * what it replaces stays published until nothing lives that it signed.
 */
@Injectable()
export class SigningKeys implements OnApplicationBootstrap {
  private readonly sets: Fresh<KeySet>;
  private readonly opened = new Map<string, Promise<CryptoKey>>();
  private readonly read = new Map<string, Promise<CryptoKey>>();

  constructor(
    private readonly db: DataSource,
    private readonly clock: Clock,
    private readonly keyring: Keyring,
    private readonly subscriptions: Subscriptions,
  ) {
    this.sets = new Fresh(clock, FRESH_MS, MOST);
  }

  onApplicationBootstrap(): void {
    this.subscriptions.on('gateway-signing-keys', 'realm.*', (events) => this.realmsWent(events));
    this.subscriptions.hear('realm.*', ({ realmid }) => this.sets.forget(realmid));
  }

  /** A realm may come back under its old id, with new keys: those are not for an old event to take away. */
  async realmsWent(events: CloudEvent[]): Promise<void> {
    for (const { type, realmid, time } of events) {
      if (type !== 'realm.removed') continue;
      await this.db.query('delete from signing_key where realm_id = $1 and created_at <= $2', [
        realmid,
        time,
      ]);
      this.sets.forget(realmid);
    }
  }

  /** The key that signs for a realm now. @param lifetime of what is to be signed, in seconds. */
  async signing(realm: KeyRealm, algorithm: SigningAlgorithm, lifetime: number): Promise<SigningKey> {
    const key = (await this.of(realm)).signing(algorithm, this.clock.now())!;
    if (lifetime > key.longest) await this.note(key, lifetime);
    const privateKey = await remember(this.opened, key.kid, () => this.open(realm.id, key));
    return { kid: key.kid, algorithm, privateKey };
  }

  /** The public half of a key that may verify tokens now; undefined for a name that no key of this realm has. */
  async verifying(realm: KeyRealm, kid: string): Promise<VerifyingKey | undefined> {
    const { set, key } = await this.find(realm, kid);
    if (!key || set.status(key, this.clock.now()) === 'DISABLED') return undefined;
    return this.verifyingBy(key);
  }

  /** The same, of keys that are remembered, too: for what is only a hint. */
  async recognizing(realm: KeyRealm, kid: string): Promise<VerifyingKey | undefined> {
    const { key } = await this.find(realm, kid);
    return key && this.verifyingBy(key);
  }

  /** What the world may know of the keys of a realm (RFC 7517), the ones that sign first. */
  async published(realm: KeyRealm): Promise<JWK[]> {
    const set = await this.of(realm);
    const now = this.clock.now();
    const signs = (key: RealmKey) => set.status(key, now) === 'ACTIVE';
    return set.keys
      .filter((key) => set.status(key, now) !== 'DISABLED')
      .sort((one, other) => Number(signs(other)) - Number(signs(one)))
      .map(({ kid, publicJwk, algorithm }) => ({ kid, ...publicJwk, alg: algorithm, use: 'sig' }));
  }

  /** The keys of a realm and what becomes of them; asked anew. */
  async all(realm: KeyRealm): Promise<KeySet> {
    this.sets.forget(realm.id);
    return this.of(realm);
  }

  /** Makes successors, where none is waiting already, within the transaction of the caller. */
  async rotate(tx: EntityManager, realm: KeyRealm, algorithms: readonly SigningAlgorithm[]): Promise<void> {
    const set = await this.all(realm);
    await this.make(tx, realm.id, set.next(this.clock.now(), algorithms));
  }

  /** What a key has signed is worth nothing once it is gone. Answers whether it was there. */
  async remove(tx: EntityManager, realm: KeyRealm, kid: string): Promise<boolean> {
    const [[removed]]: [(NewKey | undefined)[], number] = await tx.query(
      `delete from signing_key where realm_id = $1 and kid = $2
       returning algorithm, generation, signs_from as "signsFrom"`,
      [realm.id, kid],
    );
    if (!removed) return false;
    const { algorithm, generation, signsFrom } = removed;
    const now = this.clock.now();
    if (signsFrom > now) return true;
    // What comes after it signs from now on, and not the one before it again.
    const [, followed]: [unknown, number] = await tx.query(
      `update signing_key set signs_from = least(signs_from, $4) where realm_id = $1 and algorithm = $2 and generation =
         (select min(generation) from signing_key where realm_id = $1 and algorithm = $2 and generation > $3)`,
      [realm.id, algorithm, generation, now],
    );
    if (followed === 0)
      await this.make(tx, realm.id, [{ algorithm, generation: generation + 1, signsFrom: now }]);
    return true;
  }

  /** After a change that has been committed. */
  forget(realmId: string): void {
    this.sets.forget(realmId);
  }

  private of(realm: KeyRealm): Promise<KeySet> {
    return this.sets.get(realm.id, () => this.load(realm));
  }

  /** Another gateway may have made the first keys of a realm a moment ago: an unknown name is looked for once more. */
  private async find(realm: KeyRealm, kid: string): Promise<{ set: KeySet; key?: RealmKey }> {
    const known = await this.of(realm);
    if (known.find(kid)) return { set: known, key: known.find(kid) };
    const found: unknown[] = await this.db.query(
      'select 1 from signing_key where realm_id = $1 and kid = $2',
      [realm.id, kid],
    );
    if (found.length === 0) return { set: known };
    const set = await this.all(realm);
    return { set, key: set.find(kid) };
  }

  private async load(realm: KeyRealm): Promise<KeySet> {
    const set = await this.readSet(realm.id);
    const now = this.clock.now();
    const due = set.due(now, rotationSeconds(realm));
    const over = set.over(now).map(({ kid }) => kid);
    if (due.length === 0 && over.length === 0) return set;
    await this.make(this.db.manager, realm.id, due);
    await this.db.query('delete from signing_key where kid = any($1)', [over]);
    return this.readSet(realm.id);
  }

  private async readSet(realmId: string): Promise<KeySet> {
    const rows: RealmKey[] = await this.db.query(
      `select ${COLUMNS} from signing_key where realm_id = $1 order by algorithm desc, generation desc`,
      [realmId],
    );
    return new KeySet(rows);
  }

  /** Two gateways may do this at once: the database keeps the key of each generation that came first. */
  private async make(tx: EntityManager, realmId: string, wanted: NewKey[]): Promise<void> {
    for (const { algorithm, generation, signsFrom } of wanted) {
      const kid = randomUUID();
      const pair = await generateKeyPair(algorithm, { extractable: true });
      const sealed = this.keyring.seal(
        Buffer.from(await exportPKCS8(pair.privateKey)),
        placeOf(realmId, kid),
      );
      const jwk = JSON.stringify(await exportJWK(pair.publicKey));
      await tx.query(
        `insert into signing_key (kid, realm_id, algorithm, generation, public_jwk, private_key, sealed_with,
                                  created_at, signs_from, longest)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9, 0)
         on conflict (realm_id, algorithm, generation) do nothing`,
        [
          ...[kid, realmId, algorithm, generation, jwk, sealed.data, sealed.keyId],
          ...[this.clock.now(), signsFrom],
        ],
      );
    }
  }

  /** Before the first token of this lifetime: from now on the key is published for as long as that one lives. */
  private async note(key: RealmKey, lifetime: number): Promise<void> {
    await this.db.query('update signing_key set longest = $1 where kid = $2 and longest < $1', [
      lifetime,
      key.kid,
    ]);
    key.longest = lifetime;
  }

  private async open(realmId: string, { kid, algorithm, sealedWith, privateKey }: RealmKey) {
    const sealed = { keyId: sealedWith, data: privateKey };
    return importPKCS8(this.keyring.open(sealed, placeOf(realmId, kid)).toString(), algorithm);
  }

  private async verifyingBy({ kid, algorithm, publicJwk }: RealmKey): Promise<VerifyingKey> {
    const load = async () => (await importJWK(publicJwk, algorithm)) as CryptoKey;
    return { algorithm, publicKey: await remember(this.read, kid, load) };
  }
}

function rotationSeconds({ attributes }: KeyRealm): number {
  const days = Number(attributes[ROTATION_DAYS] ?? ROTATION_DAYS_DEFAULT);
  return days > 0 ? days * DAY : Number.MAX_SAFE_INTEGER / 1000;
}

/** A sealed key opens as this key of this realm and as nothing else. */
const placeOf = (realmId: string, kid: string): string => `signing-key/${realmId}/${kid}`;

/** Asked twice at once, it loads once; what could not be loaded is asked for again. */
function remember<T>(known: Map<string, Promise<T>>, name: string, load: () => Promise<T>): Promise<T> {
  const found = known.get(name);
  if (found) return found;
  if (known.size >= MOST) known.clear();
  const loading = load();
  known.set(name, loading);
  loading.catch(() => known.get(name) === loading && known.delete(name));
  return loading;
}
