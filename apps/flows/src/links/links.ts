import { Injectable } from '@nestjs/common';
import { Clock } from '@tumbler/clock';
import { DataSource, type EntityManager } from 'typeorm';
import { hashOf } from '../mail/post-office.js';
import type { LinkRow } from './link.entity.js';

export type OpenLinkRow = Pick<LinkRow, 'id' | 'userId' | 'kind' | 'data' | 'createdAt'>;

/** Somebody used the link since it was looked at. */
export class LinkSpent extends Error {}

/** Links that were sent, by their keys. */
@Injectable()
export class Links {
  constructor(
    private readonly db: DataSource,
    private readonly clock: Clock,
  ) {}

  /** A link that was used, one that is over its time, and one that never was are all nothing. */
  async find(realmId: string, key: string): Promise<OpenLinkRow | undefined> {
    const [row] = await this.db.query<OpenLinkRow[]>(
      `select id, user_id as "userId", kind, data, created_at as "createdAt" from action_link
        where hash = $1 and realm_id = $2 and used_at is null and expires_at > $3`,
      [hashOf(key), realmId, this.clock.now()],
    );
    return row;
  }

  /** Uses it up, and with it the others of its kind: an older mail is no second way. Throws `LinkSpent`. */
  async spend(tx: EntityManager, { id }: Pick<OpenLinkRow, 'id'>): Promise<void> {
    const now = this.clock.now();
    const [, spent] = await tx.query<[unknown, number]>(
      'update action_link set used_at = $2 where id = $1 and used_at is null and expires_at > $2',
      [id, now],
    );
    if (spent === 0) throw new LinkSpent();
    await tx.query(
      `update action_link other set used_at = $2 from action_link this
        where this.id = $1 and other.used_at is null and other.realm_id = this.realm_id
          and other.user_id = this.user_id and other.kind = this.kind`,
      [id, now],
    );
  }

  /** Answers how many links were over their time and are gone, `most` at once. */
  async prune(most: number): Promise<number> {
    const [, gone] = await this.db.query<[unknown, number]>(
      `delete from action_link where id in (select id from action_link where expires_at < $1 order by expires_at limit $2)`,
      [this.clock.now(), most],
    );
    return gone;
  }
}
