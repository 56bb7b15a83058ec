import { randomInt } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { Clock } from '@tumbler/clock';
import type { Told } from '@tumbler/contract-events';
import { prepared } from '@tumbler/database';
import { Outbox } from '@tumbler/events';
import { DataSource } from 'typeorm';
import { Accounts, type Account } from '../credentials/accounts.js';
import { isWhole, standing, type Standing } from './budget.js';
import type { BudgetKind } from './failure-budget.entity.js';
import { rulesFor } from './rules.js';

/** What an answer says of the budget: until when it is empty, or that it is for good. */
export interface Lock {
  lockedUntil?: number;
  lockedForGood?: boolean;
}

/** How an attempt ends that was wrong: counted, or not counted since the budget was empty by then. */
export type Counted = { verdict: 'wrong' | 'locked' } & Lock;

/** How a right answer is settled: `changed`, with nothing done, when the budget is another one than the one that was seen. */
export type Settle<T> = (seen: Account) => Promise<T | 'changed'>;

/** Nobody counts the passwords of a realm that wants no protection. */
const FREE = { kind: 'free' } as const;

/**
 * Gives a whole budget back after a right answer: $1 realm, $2 user, $3 kind, $4 the version that was seen. Where it is
 * another one by now it stays as it is: whoever changed it counted a failure.
 */
export const GIVE_BACK = `
  update failure_budget
     set failures = 0, consecutive = 0, lockouts = 0, last_failure_at = null, locked_until = null, version = version + 1
   where realm_id = $1::uuid and user_id = $2::uuid and kind = $3::text and version = $4::bigint
     and not locked_for_good
     and (failures > 0 or consecutive > 0 or lockouts > 0 or last_failure_at is not null)`;

/** The budget's version now; 0 for one that was never touched. */
export const VERSION = `
  coalesce((select version from failure_budget
             where realm_id = $1::uuid and user_id = $2::uuid and kind = $3::text), 0)`;

const COUNT = `
  insert into failure_budget (realm_id, user_id, kind, version, failures, consecutive, lockouts, last_failure_at,
                              last_address, locked_until, locked_for_good)
  values ($1, $2, $3, $4::bigint + 1, $5, $6, $7, $8, $9, $10, $11)
  on conflict (realm_id, user_id, kind) do update
     set (version, failures, consecutive, lockouts, last_failure_at, last_address, locked_until, locked_for_good)
       = (excluded.version, excluded.failures, excluded.consecutive, excluded.lockouts, excluded.last_failure_at,
          excluded.last_address, excluded.locked_until, excluded.locked_for_good)
   where failure_budget.version = $4`;

/** Rows that unknown users share, see `pretend`. */
const NOBODIES = 256;

/**
 * Counts attempts. Nobody learns how an attempt ended before it is settled: by one statement that is committed by itself (a
 * counter in the transaction of a failed login would be rolled back with it, Vikunja CVE-2026-35597), and that holds only
 * for the budget as it was read before the secret was looked at. Of any number of guesses side by side each is therefore
 * answered as if they had come one after the other (docs/decisions/0024).
 */
@Injectable()
export class FailureBudgets {
  constructor(
    private readonly db: DataSource,
    private readonly accounts: Accounts,
    private readonly outbox: Outbox,
    private readonly clock: Clock,
  ) {}

  /** May an attempt be made? When it answers `locked`, nothing may be compared. */
  standing({ settings, userId, budget }: Account): Standing | typeof FREE {
    const rules = rulesFor(budget.kind, settings);
    return rules && userId ? standing(budget.state, rules, this.clock.now().getTime()) : FREE;
  }

  /** Counts a failure. Costs one statement and one commit, also for a name that nobody has and for a locked account (C-03). */
  async wrong(account: Account, address?: string): Promise<Counted> {
    const { realmId, userId, budget, settings } = account;
    if (!rulesFor(budget.kind, settings)) return { verdict: 'wrong' };
    if (!userId) {
      await this.pretend(realmId, budget.kind);
      return { verdict: 'wrong' };
    }
    for (let seen = account; ; seen = await this.again(seen)) {
      const stands = this.standing(seen);
      if (stands.kind === 'free') return { verdict: 'wrong' };
      if (stands.kind === 'locked') {
        await this.pretend(realmId, budget.kind);
        return { verdict: 'locked', ...lockOf(stands) };
      }
      // When somebody else was faster the budget is read again: each round one failure is counted, or the budget is empty.
      if (await this.count({ ...seen, userId }, stands, address))
        return { verdict: 'wrong', ...lockOf(stands) };
    }
  }

  /**
   * Settles a right answer, which is one only while attempts may be made: others may have failed while it was compared.
   * @param settle gives the budget back, and may do more in the same statement
   */
  async right<T = 'right'>(account: Account, settle?: Settle<T>): Promise<T | 'right' | 'locked'> {
    for (let seen = account; ; seen = await this.again(seen)) {
      if (this.standing(seen).kind === 'locked') return 'locked';
      const settled = await (settle ? settle(seen) : this.giveBack(seen));
      if (settled !== 'changed') return settled;
    }
  }

  private async giveBack({ realmId, userId, budget, settings }: Account): Promise<'right' | 'changed'> {
    if (!rulesFor(budget.kind, settings)) return 'right';
    const whose = [realmId, userId, budget.kind];
    const [row] = isWhole(budget.state)
      ? await prepared<{ version: string }>(this.db, `select ${VERSION} as version`, whose)
      : await prepared<{ version: string }>(
          this.db,
          `with given_back as (${GIVE_BACK}) select ${VERSION} as version`,
          [...whose, budget.version],
        );
    return Number(row!.version) === budget.version ? 'right' : 'changed';
  }

  /** The account with its budget as it is now. */
  private async again(account: Account): Promise<Account> {
    return { ...account, budget: await this.accounts.reloadBudget(account, account.budget.kind) };
  }

  /** Answers false when the budget is not the one that was seen. */
  private async count(
    { realmId, userId, budget }: Account & { userId: string },
    { then, locks }: Extract<Standing, { kind: 'open' }>,
    address?: string,
  ): Promise<boolean> {
    const events =
      locks && budget.kind !== 'enrolment' ? [lockout(realmId, userId, locks, then, address)] : [];
    const counted = await this.outbox.change(
      COUNT,
      [
        realmId,
        userId,
        budget.kind,
        budget.version,
        then.failures,
        then.consecutive,
        then.lockouts,
        date(then.lastFailure),
        address ?? null,
        date(then.lockedUntil),
        then.lockedForGood,
      ],
      events,
    );
    return counted > 0;
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
}

function lockout(
  realmId: string,
  userId: string,
  locks: 'temporary' | 'permanent',
  { failures, lockedUntil }: Extract<Standing, { kind: 'open' }>['then'],
  ipAddress?: string,
): Told {
  return {
    type: LOCKOUT_EVENT[locks],
    realmId,
    subject: userId,
    data: {
      userId,
      ipAddress,
      details: {
        reason: 'brute_force_attack detected',
        num_failures: String(failures),
        ...(lockedUntil ? { not_before: new Date(lockedUntil).toISOString() } : {}),
      },
    },
  };
}

const LOCKOUT_EVENT = {
  temporary: 'USER_DISABLED_BY_TEMPORARY_LOCKOUT',
  permanent: 'USER_DISABLED_BY_PERMANENT_LOCKOUT',
} as const;

const date = (time: number | null) => (time === null ? null : new Date(time));

function lockOf(stands: Standing): Lock {
  const { until, forGood } =
    stands.kind === 'locked'
      ? stands
      : { until: stands.then.lockedUntil ?? undefined, forGood: stands.then.lockedForGood };
  return { lockedUntil: until, ...(forGood ? { lockedForGood: true } : {}) };
}
