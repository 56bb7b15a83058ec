import { Column, Entity, PrimaryColumn } from 'typeorm';

/**
 * One budget per user and kind, over all logins and all devices, so that many logins side by side give no further guesses
 * (H-05). The kinds are apart: whoever guesses passwords must not shut the OTP step of somebody who has the password,
 * and a right password must not pay for guesses of codes.
 */
export const BUDGET_KINDS = ['password', 'second-factor', 'enrolment'] as const;
export type BudgetKind = (typeof BUDGET_KINDS)[number];

@Entity('failure_budget')
export class FailureBudgetRow {
  @PrimaryColumn({ name: 'realm_id', type: 'uuid' })
  realmId: string;

  @PrimaryColumn({ name: 'user_id', type: 'uuid' })
  userId: string;

  @PrimaryColumn({ type: 'text' })
  kind: BudgetKind;

  /** Grows with every change: an attempt is paid for only if nothing changed since the budget was read. */
  @Column({ type: 'bigint' })
  version: string;

  @Column({ type: 'integer' })
  failures: number;

  @Column({ type: 'integer' })
  consecutive: number;

  @Column({ type: 'integer' })
  lockouts: number;

  @Column({ name: 'last_failure_at', type: 'timestamptz', nullable: true })
  lastFailureAt: Date | null;

  @Column({ name: 'last_address', type: 'text', nullable: true })
  lastAddress: string | null;

  @Column({ name: 'locked_until', type: 'timestamptz', nullable: true })
  lockedUntil: Date | null;

  @Column({ name: 'locked_for_good', type: 'boolean' })
  lockedForGood: boolean;
}
