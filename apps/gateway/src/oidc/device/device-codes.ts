import { Injectable } from '@nestjs/common';
import { Clock } from '@tumbler/clock';
import type { Realm } from '@tumbler/contract-users';
import type { AdapterPayload } from 'oidc-provider';
import { DataSource } from 'typeorm';
import { keyOf } from '../provider/artifacts.js';

/** Seconds by which a device that asks too often has to wait longer from then on (RFC 8628 §3.5). */
const SLOWER = 5;

/** A device that waits for its user. */
export interface WaitingDevice {
  /** Of the row, in hexadecimal: no device could ask with it. */
  id: string;
  clientId: string;
  /** Of the request that the device made: `scope`, `claims`, … */
  params: Record<string, string | undefined>;
}

/** Who let the device in, and how they had proven who they are. */
export interface Approval {
  accountId: string;
  sessionUid: string;
  acr: string;
  scope?: string;
}

export type Poll = { kind: 'unknown' | 'expired' | 'too soon' } | { kind: 'known'; payload: AdapterPayload };

const place = ({ id: realmId }: Pick<Realm, 'id'>) => ({ realmId, kind: 'DeviceCode' });
const WAITS = `not consumed and not payload ? 'accountId' and not payload ? 'error'`;

/** What devices without a keyboard were given to wait with (RFC 8628), where the provider keeps it. */
@Injectable()
export class DeviceCodes {
  constructor(
    private readonly db: DataSource,
    private readonly clock: Clock,
  ) {}

  /** @param userCode as it was typed. */
  async byUserCode(realm: Pick<Realm, 'id'>, userCode: string): Promise<WaitingDevice | undefined> {
    const normal = userCode.toUpperCase().replace(/[^A-Z]/g, '');
    const [row]: { id: string; payload: AdapterPayload }[] = await this.db.query(
      `select encode(id, 'hex') as id, payload from oidc_artifact where user_code = $1 and expires_at > $2 and ${WAITS}`,
      [keyOf(place(realm), `user/${normal}`), this.clock.now()],
    );
    const { clientId, params } = row?.payload ?? {};
    return row && clientId
      ? { id: row.id, clientId, params: (params ?? {}) as WaitingDevice['params'] }
      : undefined;
  }

  /** Answers whether it was still waiting: whoever is first decides, and nobody after them. */
  async decide(id: string, verdict: Approval | { error: 'access_denied' }): Promise<boolean> {
    const [, count]: [unknown, number] = await this.db.query(
      `update oidc_artifact set payload = payload || $1::jsonb where id = decode($2, 'hex') and expires_at > $3 and ${WAITS}`,
      [JSON.stringify(verdict), id, this.clock.now()],
    );
    return count > 0;
  }

  /** What has become of it. Each question is noted: one that comes before its time makes all later ones wait longer. */
  async poll(realm: Realm, deviceCode: string, clientId: string): Promise<Poll> {
    const now = this.clock.now();
    const [[row]]: [{ payload: AdapterPayload; tooSoon: boolean; expired: boolean }[], number] =
      await this.db.query(
        `with known as (
         select id, coalesce((payload->>'interval')::float8, $4) as pause, (payload->>'polledAt')::float8 as polled
           from oidc_artifact where id = $1 and payload->>'clientId' = $5 for update)
       update oidc_artifact a set payload = a.payload || jsonb_build_object('polledAt', $3::float8,
                'interval', k.pause + case when k.polled > $3::float8 - k.pause then ${SLOWER} else 0 end)
         from known k where a.id = k.id
       returning a.payload, coalesce(k.polled > $3::float8 - k.pause, false) as "tooSoon", a.expires_at <= $2 as expired`,
        [
          ...[keyOf(place(realm), deviceCode), now, now.getTime() / 1000],
          ...[realm.oauth2DevicePollingInterval, clientId],
        ],
      );
    if (!row) return { kind: 'unknown' };
    if (row.expired) return { kind: 'expired' };
    return row.tooSoon ? { kind: 'too soon' } : { kind: 'known', payload: row.payload };
  }

  /** Answers whether it was there to be spent. */
  async spend(realm: Realm, deviceCode: string): Promise<boolean> {
    const [, count]: [unknown, number] = await this.db.query(
      'update oidc_artifact set consumed = true where id = $1 and not consumed',
      [keyOf(place(realm), deviceCode)],
    );
    return count > 0;
  }
}
