import { createHash } from 'node:crypto';
import { Injectable, Logger, type OnApplicationBootstrap, type OnApplicationShutdown } from '@nestjs/common';
import { Clock } from '@tumbler/clock';
import { PASSING, prepared } from '@tumbler/database';
import type { AdapterPayload } from 'oidc-provider';
import { DataSource } from 'typeorm';

const PRUNE_MS = 60_000;
const PRUNE_BATCH = 5_000;

/** Where something of a realm is kept. */
export interface Place {
  realmId: string;
  /** oidc-provider's name of it: `AuthorizationCode`, `Interaction`, … */
  kind: string;
}

/** Keeps what the protocol needs between two requests, each under the hash of its value and for its time. */
@Injectable()
export class Artifacts implements OnApplicationBootstrap, OnApplicationShutdown {
  private timer?: NodeJS.Timeout;

  constructor(
    private readonly db: DataSource,
    private readonly clock: Clock,
  ) {}

  onApplicationBootstrap(): void {
    this.timer = setInterval(() => void this.prune(), PRUNE_MS);
  }

  onApplicationShutdown(): void {
    clearInterval(this.timer);
  }

  /** @param seconds for how long it is kept. */
  async put(
    place: Place,
    id: string,
    { jti: _id, userCode: typed, ...payload }: AdapterPayload,
    seconds: number,
  ): Promise<void> {
    const expires = new Date(this.clock.now().getTime() + seconds * 1000);
    const userCode = typed ? keyOf(place, `user/${typed}`) : null;
    await prepared(
      this.db,
      `insert into oidc_artifact (id, realm_id, payload, user_code, consumed, expires_at)
       values ($1, $2, $3, $4, false, $5)
       on conflict (id) do update set payload = excluded.payload, expires_at = excluded.expires_at
       returning ${PASSING}`,
      [keyOf(place, id), place.realmId, JSON.stringify(payload), userCode, expires],
    );
  }

  /** Answers false, and keeps nothing, where there is one of this id whose time is not over: of any number at once, one is the first. */
  async putFirst(
    place: Place,
    id: string,
    { jti: _id, ...payload }: AdapterPayload,
    seconds: number,
  ): Promise<boolean> {
    const now = this.clock.now();
    const rows = await prepared(
      this.db,
      `insert into oidc_artifact as known (id, realm_id, payload, consumed, expires_at)
       values ($1, $2, $3, false, $4)
       on conflict (id) do update set payload = excluded.payload, expires_at = excluded.expires_at
             where known.expires_at <= $5
       returning id`,
      [
        keyOf(place, id),
        place.realmId,
        JSON.stringify(payload),
        new Date(now.getTime() + seconds * 1000),
        now,
      ],
    );
    return rows.length > 0;
  }

  find(place: Place, id: string): Promise<AdapterPayload | undefined> {
    return this.read(id, 'select payload, consumed from oidc_artifact where id = $1 and expires_at > $2', [
      keyOf(place, id),
      this.clock.now(),
    ]);
  }

  findByUserCode(place: Place, userCode: string): Promise<AdapterPayload | undefined> {
    return this.read(
      undefined,
      'select payload, consumed from oidc_artifact where user_code = $1 and expires_at > $2',
      [keyOf(place, `user/${userCode}`), this.clock.now()],
    );
  }

  /**
   * Spends it in the statement that finds it (ASVS 2.3.4): of any number who come with one code, one has it, and the others
   * are told that it was consumed. Whoever comes with a code spends it, right or wrong otherwise: it was not to be in their
   * hands. What it is exchanged for waits for the disk, and takes this along.
   */
  async take(place: Place, id: string): Promise<AdapterPayload | undefined> {
    const taken = await this.read(
      id,
      `update oidc_artifact set consumed = true where id = $1 and expires_at > $2 and not consumed
       returning payload, false as consumed, ${PASSING}`,
      [keyOf(place, id), this.clock.now()],
    );
    return taken ?? this.find(place, id);
  }

  async consume(place: Place, id: string): Promise<void> {
    await this.db.query('update oidc_artifact set consumed = true where id = $1', [keyOf(place, id)]);
  }

  async remove(place: Place, id: string): Promise<void> {
    await this.db.query('delete from oidc_artifact where id = $1', [keyOf(place, id)]);
  }

  /** In bounded steps, so that no lock is held for long. */
  async prune(): Promise<void> {
    try {
      for (let removed = PRUNE_BATCH; removed === PRUNE_BATCH;) {
        const answer: [unknown, number] = await this.db.query(
          `delete from oidc_artifact where id in (
             select id from oidc_artifact where expires_at < $1 limit ${PRUNE_BATCH})`,
          [this.clock.now()],
        );
        removed = answer[1];
      }
    } catch (error) {
      new Logger('oidc').warn(
        `could not clear up: ${error instanceof Error ? error.message : String(error)}`,
      );
    }
  }

  private async read(
    id: string | undefined,
    sql: string,
    values: unknown[],
  ): Promise<AdapterPayload | undefined> {
    const [row] = await prepared<{ payload: AdapterPayload; consumed: boolean }>(this.db, sql, values);
    return row && { ...row.payload, jti: id, ...(row.consumed ? { consumed: true } : {}) };
  }
}

export const keyOf = ({ realmId, kind }: Place, value: string): Buffer =>
  createHash('sha256').update(`${realmId}/${kind}/${value}`).digest();
