import { OutboxRow } from '@tumbler/events';
import { CredentialRow } from '../credentials/credential.entity.js';
import { FailureBudgetRow } from '../lockout/failure-budget.entity.js';
import { PendingOtpRow } from '../otp/pending-otp.entity.js';
import { PasswordHistoryRow } from '../passwords/password-history.entity.js';
import { PolicyRow } from '../policies/policy.entity.js';
import { PendingRecoveryCodesRow } from '../recovery-codes/pending-recovery-codes.entity.js';

export const entities = [
  OutboxRow,
  CredentialRow,
  PendingOtpRow,
  PasswordHistoryRow,
  FailureBudgetRow,
  PolicyRow,
  PendingRecoveryCodesRow,
];
