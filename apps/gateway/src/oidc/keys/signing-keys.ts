import { randomUUID } from 'node:crypto';
import { Injectable, type OnApplicationBootstrap } from '@nestjs/common';
import { Clock } from '@tumbler/clock';
import type { CloudEvent } from '@tumbler/contract-events';
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
import { DataSource } from 'typeorm';

export const ALGORITHM = 'RS256';
export const SIGNING_ALGORITHMS = [ALGORITHM];
/** More realms, or more names of keys, than this are not kept in memory. */
const MOST = 1_000;

export interface SigningKey {
  kid: string;
  privateKey: CryptoKey;
}

interface KeyRow {
  kid: string;
  publicJwk: JWK;
  privateKey: Buffer;
  sealedWith: string;
}

const COLUMNS = `kid, public_jwk as "publicJwk", private_key as "privateKey", sealed_with as "sealedWith"`;

/** The keys that sign the tokens of each realm: made when they are first needed, sealed in the database. */
@Injectable()
export class SigningKeys implements OnApplicationBootstrap {
  private readonly signing = new Map<string, Promise<SigningKey>>();
  private readonly verifying = new Map<string, Promise<CryptoKey | undefined>>();

  constructor(
    private readonly db: DataSource,
    private readonly clock: Clock,
    private readonly keyring: Keyring,
    private readonly subscriptions: Subscriptions,
  ) {}

  onApplicationBootstrap(): void {
    this.subscriptions.on('gateway-signing-keys', 'realm.*', (events) => this.realmsWent(events));
    this.subscriptions.hear('realm.*', (event) => {
      if (event.type === 'realm.removed') this.forget(event.realmid);
    });
  }

  /** A realm may come back under its old id, with new keys: those are not for an old event to take away. */
  async realmsWent(events: CloudEvent[]): Promise<void> {
    for (const { type, realmid, time } of events) {
      if (type !== 'realm.removed') continue;
      await this.db.query('delete from signing_key where realm_id = $1 and created_at <= $2', [
        realmid,
        time,
      ]);
      this.forget(realmid);
    }
  }

  /** The key that signs for a realm today. */
  current(realmId: string): Promise<SigningKey> {
    return remember(this.signing, realmId, async () => {
      const row = (await this.findActive(realmId)) ?? (await this.make(realmId));
      const sealed = { keyId: row.sealedWith, data: row.privateKey };
      const pem = this.keyring.open(sealed, placeOf(realmId, row.kid)).toString();
      return { kid: row.kid, privateKey: await importPKCS8(pem, ALGORITHM) };
    });
  }

  /** The public half of a key of this realm; undefined for a name that no key of it has. */
  publicKey(realmId: string, kid: string): Promise<CryptoKey | undefined> {
    return remember(this.verifying, `${realmId}/${kid}`, async () => {
      const [row]: Pick<KeyRow, 'publicJwk'>[] = await this.db.query(
        'select public_jwk as "publicJwk" from signing_key where realm_id = $1 and kid = $2',
        [realmId, kid],
      );
      return row && ((await importJWK(row.publicJwk, ALGORITHM)) as CryptoKey);
    });
  }

  /** What the world may know of the keys of a realm, the one that signs first (RFC 7517). */
  async published(realmId: string): Promise<JWK[]> {
    await this.current(realmId);
    const rows: Pick<KeyRow, 'kid' | 'publicJwk'>[] = await this.db.query(
      'select kid, public_jwk as "publicJwk" from signing_key where realm_id = $1 order by active desc, created_at desc',
      [realmId],
    );
    return rows.map(({ kid, publicJwk }) => ({ kid, ...publicJwk, alg: ALGORITHM, use: 'sig' }));
  }

  private forget(realmId: string): void {
    this.signing.delete(realmId);
    for (const name of this.verifying.keys()) {
      if (name.startsWith(`${realmId}/`)) this.verifying.delete(name);
    }
  }

  private async findActive(realmId: string): Promise<KeyRow | undefined> {
    const [row]: KeyRow[] = await this.db.query(
      `select ${COLUMNS} from signing_key where realm_id = $1 and active`,
      [realmId],
    );
    return row;
  }

  /** Two gateways may do this at once: the database keeps the key that came first, and both use that one. */
  private async make(realmId: string): Promise<KeyRow> {
    const kid = randomUUID();
    const pair = await generateKeyPair(ALGORITHM, { extractable: true });
    const pem = await exportPKCS8(pair.privateKey);
    const sealed = this.keyring.seal(Buffer.from(pem), placeOf(realmId, kid));
    await this.db.query(
      `insert into signing_key (kid, realm_id, algorithm, public_jwk, private_key, sealed_with, active, created_at)
       values ($1, $2, $3, $4, $5, $6, true, $7)
       on conflict (realm_id) where active do nothing`,
      [
        kid,
        realmId,
        ALGORITHM,
        JSON.stringify(await exportJWK(pair.publicKey)),
        sealed.data,
        sealed.keyId,
        this.clock.now(),
      ],
    );
    return (await this.findActive(realmId))!;
  }
}

/** A sealed key opens as this key of this realm and as nothing else. */
const placeOf = (realmId: string, kid: string): string => `signing-key/${realmId}/${kid}`;

/** Asked twice at once, it loads once; what could not be loaded or is not there is asked for again. */
function remember<T>(known: Map<string, Promise<T>>, name: string, load: () => Promise<T>): Promise<T> {
  const found = known.get(name);
  if (found) return found;
  if (known.size >= MOST) known.clear();
  const loading = load();
  known.set(name, loading);
  const forget = () => known.get(name) === loading && known.delete(name);
  loading.then((value) => value === undefined && forget(), forget);
  return loading;
}
