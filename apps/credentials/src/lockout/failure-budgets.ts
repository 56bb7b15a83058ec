import { randomInt } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { prepared } from '@tumbler/database';
import { Clock } from '@tumbler/clock';
import { Outbox } from '@tumbler/events';
import { DataSource } from 'typeorm';
import { Accounts, type Account, type SeenBudget } from '../credentials/accounts.js';
import { charge, type Budget, type Charge } from './budget.js';
import type { BudgetKind } from './failure-budget.entity.js';
import { rulesFor } from './rules.js';

/** `free`: nobody counts. `taken`: the attempt is paid for; `version` is the budget's after that. */
export type Slot =
  | Extract<Charge, { kind: 'locked' }>
  | { kind: 'free' }
  | ({ kind: 'taken'; version: number } & Omit<Extract<Charge, { kind: 'charged' }>, 'kind'>);

/**
 * Gives a whole budget back after a right answer: $1 realm, $2 user, $3 kind, $4 the version after the slot was taken.
 * A lock for good stays, unless it is the one that this very attempt put there before it turned out right.
 */
export const GIVE_BACK = `
  update failure_budget
     set failures = 0, consecutive = 0, lockouts = 0, last_failure_at = null, locked_until = null,
         locked_for_good = locked_for_good and version <> $4::bigint, version = version + 1
   where realm_id = $1::uuid and user_id = $2::uuid and kind = $3::text`;

/** Rows that unknown users share, see `pretend`. */
const NOBODIES = 256;

/**
 * Pays for attempts out of the budgets. An attempt is paid for before the secret is looked at, by one statement that is
 * committed by itself: a counter in the transaction of a failed login would be rolled back with it (Vikunja
 * CVE-2026-35597), and one that is written after the check lets any number of guesses through side by side.
 */
@Injectable()
export class FailureBudgets {
  constructor(
    private readonly db: DataSource,
    private readonly accounts: Accounts,
    private readonly outbox: Outbox,
    private readonly clock: Clock,
  ) {}

  /** When it answers `locked`, nothing may be compared. */
  async take(account: Account, address?: string): Promise<Slot> {
    const rules = rulesFor(account.budget.kind, account.settings);
    if (!rules) return { kind: 'free' };
    if (!account.userId) {
      await this.pretend(account.realmId, account.budget.kind);
      return { kind: 'free' };
    }
    for (let seen = account.budget; ; seen = await this.accounts.reloadBudget(account, seen.kind)) {
      const paid = charge(seen.state, rules, this.clock.now().getTime());
      if (paid.kind === 'locked') {
        await this.pretend(account.realmId, seen.kind);
        return paid;
      }
      // When somebody else was faster the budget is read again: each round one attempt is paid for, or the budget is empty.
      if (await this.write(account.realmId, account.userId, seen, paid.then, address))
        return { ...paid, kind: 'taken', version: seen.version + 1 };
    }
  }

  /** After a right answer. */
  async giveBack({ realmId, userId, budget }: Account, slot: Slot): Promise<void> {
    if (slot.kind !== 'taken') return;
    await prepared(this.db, GIVE_BACK, [realmId, userId, budget.kind, slot.version]);
  }

  /** After a wrong answer: tells of the lock that the attempt led to. The failure itself was counted before. */
  async failed({ realmId, userId, budget }: Account, slot: Slot, address?: string): Promise<void> {
    if (slot.kind !== 'taken' || !userId || (!slot.locks && !slot.quick)) return;
    await this.outbox.transaction(async (tx, tell) => {
      if (slot.quick) {
        const [, locked] = await tx.query<[unknown, number]>(
          `update failure_budget set locked_until = $5
            where realm_id = $1 and user_id = $2 and kind = $3 and version = $4`,
          [realmId, userId, budget.kind, slot.version, new Date(slot.quick)],
        );
        if (locked === 0) return;
      }
      if (budget.kind === 'enrolment') return;
      const until = slot.quick ?? slot.then.lockedUntil;
      await tell({
        type: LOCKOUT_EVENT[slot.locks ?? 'temporary'],
        realmId,
        subject: userId,
        data: {
          userId,
          ipAddress: address,
          details: {
            reason: 'brute_force_attack detected',
            num_failures: String(slot.then.failures),
            ...(until ? { not_before: new Date(until).toISOString() } : {}),
          },
        },
      });
    });
  }

  /**
   * Writes as much, and commits as often, as for a user who is there and not locked, so that the time of an answer does
   * not tell them apart (C-03). Spread over a few rows, so that unknown users do not wait for each other.
   */
  private async pretend(realmId: string, kind: BudgetKind): Promise<void> {
    const nobody = `00000000-0000-0000-0000-${randomInt(NOBODIES).toString(16).padStart(12, '0')}`;
    await prepared(
      this.db,
      `insert into failure_budget (realm_id, user_id, kind, version, failures, consecutive, lockouts, locked_for_good)
       values ($1, $2, $3, 1, 0, 0, 0, false)
       on conflict (realm_id, user_id, kind) do update set version = failure_budget.version + 1`,
      [realmId, nobody, kind],
    );
  }

  /** Answers false when the budget is not the one that was seen. */
  private async write(
    realmId: string,
    userId: string,
    seen: SeenBudget,
    then: Budget,
    address?: string,
  ): Promise<boolean> {
    const rows = await prepared(
      this.db,
      `insert into failure_budget (realm_id, user_id, kind, version, failures, consecutive, lockouts, last_failure_at,
                                   last_address, locked_until, locked_for_good)
       values ($1, $2, $3, $4::bigint + 1, $5, $6, $7, $8, $9, $10, $11)
       on conflict (realm_id, user_id, kind) do update
          set (version, failures, consecutive, lockouts, last_failure_at, last_address, locked_until, locked_for_good)
            = (excluded.version, excluded.failures, excluded.consecutive, excluded.lockouts, excluded.last_failure_at,
               excluded.last_address, excluded.locked_until, excluded.locked_for_good)
        where failure_budget.version = $4
       returning 1`,
      [
        realmId,
        userId,
        seen.kind,
        seen.version,
        then.failures,
        then.consecutive,
        then.lockouts,
        date(then.lastFailure),
        address ?? null,
        date(then.lockedUntil),
        then.lockedForGood,
      ],
    );
    return rows.length > 0;
  }
}

const LOCKOUT_EVENT = {
  temporary: 'USER_DISABLED_BY_TEMPORARY_LOCKOUT',
  permanent: 'USER_DISABLED_BY_PERMANENT_LOCKOUT',
} as const;

const date = (time: number | null) => (time === null ? null : new Date(time));

/** What an answer says of the budget: until when it is empty, or that it is for good. */
export function lockOf(slot: Slot): { lockedUntil?: number; lockedForGood?: boolean } {
  if (slot.kind === 'locked')
    return { lockedUntil: slot.until, ...(slot.forGood ? { lockedForGood: true } : {}) };
  if (slot.kind === 'free') return {};
  const { lockedUntil, lockedForGood } = slot.then;
  return {
    lockedUntil: slot.quick ?? lockedUntil ?? undefined,
    ...(lockedForGood ? { lockedForGood } : {}),
  };
}
