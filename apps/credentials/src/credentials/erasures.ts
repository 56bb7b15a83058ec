import { Injectable, type OnApplicationBootstrap } from '@nestjs/common';
import type { CloudEvent } from '@tumbler/contract-events';
import { Subscriptions } from '@tumbler/service';
import { DataSource } from 'typeorm';

const OF_USERS = [
  'credential',
  'pending_otp',
  'pending_recovery_codes',
  'password_history',
  'failure_budget',
] as const;

/** Forgets users and realms that are no more. Safe to repeat. */
@Injectable()
export class Erasures implements OnApplicationBootstrap {
  constructor(
    private readonly db: DataSource,
    private readonly subscriptions: Subscriptions,
  ) {}

  onApplicationBootstrap(): void {
    this.subscriptions.on('credentials-users', 'user.*', (events) => this.usersWent(events));
    this.subscriptions.on('credentials-realms', 'realm.*', (events) => this.realmsWent(events));
  }

  async usersWent(events: CloudEvent[]): Promise<void> {
    const gone = new Map<string, string[]>();
    for (const { type, realmid, data } of events) {
      if (type === 'user.removed' && 'userId' in data && data.userId)
        gone.set(realmid, [...(gone.get(realmid) ?? []), data.userId]);
    }
    for (const [realmId, userIds] of gone) await this.erase(realmId, userIds);
  }

  async realmsWent(events: CloudEvent[]): Promise<void> {
    for (const { type, realmid } of events) if (type === 'realm.removed') await this.forgetRealm(realmid);
  }

  async erase(realmId: string, userIds: string[]): Promise<void> {
    await this.db.transaction(async (tx) => {
      for (const table of OF_USERS)
        await tx.query(`delete from ${table} where realm_id = $1 and user_id = any($2::uuid[])`, [
          realmId,
          userIds,
        ]);
    });
  }

  async forgetRealm(realmId: string): Promise<void> {
    await this.db.transaction(async (tx) => {
      for (const table of [...OF_USERS, 'policy'])
        await tx.query(`delete from ${table} where realm_id = $1`, [realmId]);
    });
  }
}
