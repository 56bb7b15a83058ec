import { Controller } from '@nestjs/common';
import { Answers } from '@tumbler/bus';
import { Clock } from '@tumbler/clock';
import {
  credentials,
  type ClearFailures,
  type FailureStatus,
  type GetFailures,
} from '@tumbler/contract-credentials';
import { Outbox } from '@tumbler/events';
import { DataSource } from 'typeorm';
import { adminEvent } from '../credentials/admin-event.js';
import type { FailureBudgetRow } from './failure-budget.entity.js';

type CountedRow = Pick<
  FailureBudgetRow,
  | 'kind'
  | 'failures'
  | 'consecutive'
  | 'lockouts'
  | 'lastFailureAt'
  | 'lastAddress'
  | 'lockedUntil'
  | 'lockedForGood'
>;

/** What an administrator sees, and may do, about failed logins. */
@Controller()
export class FailuresHandlers {
  constructor(
    private readonly db: DataSource,
    private readonly outbox: Outbox,
    private readonly clock: Clock,
  ) {}

  @Answers(credentials.failures)
  async failures({ realmId, userId }: GetFailures): Promise<FailureStatus> {
    const rows = await this.db.query<CountedRow[]>(
      `select kind, failures, consecutive, lockouts, last_failure_at as "lastFailureAt", last_address as "lastAddress",
              locked_until as "lockedUntil", locked_for_good as "lockedForGood"
         from failure_budget
        where realm_id = $1 and user_id = $2 and kind <> 'enrolment' and (last_failure_at is not null or locked_for_good)
        order by last_failure_at desc nulls last`,
      [realmId, userId],
    );
    return statusOf(rows, this.clock.now());
  }

  /** Also opens what was locked for good. The rows stay, so that an attempt that is on its way does not bring the old count back. */
  @Answers(credentials.clearFailures)
  async clearFailures({ by, realmId, userId }: ClearFailures): Promise<Record<string, never>> {
    await this.outbox.transaction(async (tx, tell) => {
      await tx.query(
        `update failure_budget
            set failures = 0, consecutive = 0, lockouts = 0, last_failure_at = null, last_address = null,
                locked_until = null, locked_for_good = false, version = version + 1
          where realm_id = $1 and ($2::uuid is null or user_id = $2)`,
        [realmId, userId ?? null],
      );
      await tell(
        ...adminEvent(realmId, by, {
          operationType: 'DELETE',
          resourceType: 'USER_LOGIN_FAILURE',
          resourcePath: `attack-detection/brute-force/users${userId ? `/${userId}` : ''}`,
        }),
      );
    });
    return {};
  }
}

/** @param rows the latest failure first */
function statusOf(rows: CountedRow[], now: Date): FailureStatus {
  const sum = (pick: (row: CountedRow) => number) => rows.reduce((total, row) => total + pick(row), 0);
  return {
    disabled: rows.some((row) => row.lockedForGood || (row.lockedUntil !== null && row.lockedUntil > now)),
    numFailures: sum((row) => row.failures),
    numSecondaryAuthFailures: rows.find((row) => row.kind === 'second-factor')?.consecutive ?? 0,
    numTemporaryLockouts: sum((row) => row.lockouts),
    lastFailure: rows[0]?.lastFailureAt?.getTime() ?? 0,
    lastIPFailure: rows[0]?.lastAddress ?? 'n/a',
  };
}
