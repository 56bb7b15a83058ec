import { Controller } from '@nestjs/common';
import { Answers } from '@tumbler/bus';
import {
  credentials,
  type BeginRecoveryCodes,
  type BegunRecoveryCodes,
  type ConfirmedRecoveryCodes,
  type ConfirmRecoveryCodes,
} from '@tumbler/contract-credentials';
import { PendingRecoveryCodes } from './pending-recovery-codes.js';

/** Giving a user recovery codes: they are shown, and become a credential when the user has kept them. */
@Controller()
export class RecoveryCodesHandlers {
  constructor(private readonly pending: PendingRecoveryCodes) {}

  @Answers(credentials.beginRecoveryCodes)
  async beginRecoveryCodes(key: BeginRecoveryCodes): Promise<BegunRecoveryCodes> {
    return { codes: await this.pending.begin(key) };
  }

  @Answers(credentials.confirmRecoveryCodes)
  async confirmRecoveryCodes({
    attempt,
    label,
    ...key
  }: ConfirmRecoveryCodes): Promise<ConfirmedRecoveryCodes> {
    const credentialId =
      (await this.pending.confirm(key, attempt, label?.trim())) ??
      // This very attempt confirmed them, and its reply was lost; or the time is over.
      (await this.pending.confirmedBy(key, attempt));
    return credentialId ? { verdict: 'ok', credentialId } : { verdict: 'expired' };
  }
}
