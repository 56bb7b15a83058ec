import { Injectable } from '@nestjs/common';
import { prepared } from '@tumbler/database';
import type { CredentialSummary, PolicySettings } from '@tumbler/contract-credentials';
import { DataSource } from 'typeorm';
import { UNTOUCHED, type Budget } from '../lockout/budget.js';
import type { BudgetKind, FailureBudgetRow } from '../lockout/failure-budget.entity.js';
import { settingsOf, type Settings } from '../policies/policy.js';
import type { CredentialRow } from './credential.entity.js';

export interface Who {
  realmId: string;
  /** Absent for a name that nobody has. */
  userId?: string;
}

/** The budget as it was read. */
export interface SeenBudget {
  kind: BudgetKind;
  version: number;
  state: Budget;
}

export type LoadedCredential = Omit<CredentialRow, 'realmId' | 'userId'>;

/** Everything that a check needs to know of a user. */
export interface Account extends Who {
  settings: Settings;
  budget: SeenBudget;
  /** In order of preference. */
  credentials: LoadedCredential[];
}

type BudgetColumns = Omit<FailureBudgetRow, 'realmId' | 'userId' | 'kind' | 'version' | 'lastAddress'> & {
  version: string | null;
};
type LoadedRow = { settings: PolicySettings | null } & BudgetColumns & (LoadedCredential | { id: null });

@Injectable()
export class Accounts {
  constructor(private readonly db: DataSource) {}

  /** One query for the policy, the budget and the credentials: the same one whether or not there is such a user. */
  async load({ realmId, userId }: Who, kind: BudgetKind): Promise<Account> {
    const rows = await prepared<LoadedRow>(
      this.db,
      `select p.settings, b.version, b.failures, b.consecutive, b.lockouts, b.last_failure_at as "lastFailureAt",
              b.locked_until as "lockedUntil", b.locked_for_good as "lockedForGood",
              c.id, c.type, c.label, c.priority, c.created_at as "createdAt", c.data, c.key_id as "keyId", c.sealed,
              c.last_step as "lastStep", c.last_attempt as "lastAttempt"
         from (select $1::uuid as realm_id, $2::uuid as user_id) q
         left join policy p using (realm_id)
         left join failure_budget b on b.realm_id = q.realm_id and b.user_id = q.user_id and b.kind = $3
         left join credential c on c.realm_id = q.realm_id and c.user_id = q.user_id
        order by c.priority, c.created_at, c.id`,
      [realmId, userId ?? null, kind],
    );
    const first = rows[0]!;
    return {
      realmId,
      userId,
      settings: settingsOf(first.settings),
      budget: { kind, ...budgetOf(first) },
      credentials: rows.filter((row): row is LoadedRow & LoadedCredential => row.id !== null),
    };
  }

  /** Reads the budget again, after somebody else changed it. */
  async reloadBudget({ realmId, userId }: Who, kind: BudgetKind): Promise<SeenBudget> {
    const [row] = await prepared<BudgetColumns>(
      this.db,
      `select version, failures, consecutive, lockouts, last_failure_at as "lastFailureAt",
              locked_until as "lockedUntil", locked_for_good as "lockedForGood"
         from failure_budget where realm_id = $1 and user_id = $2 and kind = $3`,
      [realmId, userId, kind],
    );
    return { kind, ...budgetOf(row) };
  }
}

function budgetOf(row: BudgetColumns | undefined): Pick<SeenBudget, 'version' | 'state'> {
  if (!row || row.version === null) return { version: 0, state: UNTOUCHED };
  const { version, failures, consecutive, lockouts, lastFailureAt, lockedUntil, lockedForGood } = row;
  return {
    version: Number(version),
    state: {
      failures,
      consecutive,
      lockouts,
      lastFailure: lastFailureAt?.getTime() ?? null,
      lockedUntil: lockedUntil?.getTime() ?? null,
      lockedForGood,
    },
  };
}

/** What a login may know of what the user has. */
export const summaries = (credentials: LoadedCredential[]): CredentialSummary[] =>
  credentials.flatMap((credential) => {
    const { id, type, label, createdAt, data, lastStep } = credential;
    const setAt = type === 'password' ? { setAt: createdAt.getTime() } : {};
    const summary = { id, type, ...(label ? { label } : {}), ...setAt };
    if (!('totalCodes' in data)) return [summary];
    const nextCode = Number(lastStep) + 1;
    return nextCode <= data.totalCodes ? [{ ...summary, nextCode }] : [];
  });
