import { Injectable } from '@nestjs/common';
import { Clock } from '@tumbler/clock';
import type { Verified, Verify } from '@tumbler/contract-credentials';
import { DataSource } from 'typeorm';
import { Accounts, summaries, type Account, type LoadedCredential } from '../credentials/accounts.js';
import { FailureBudgets, GIVE_BACK, lockOf, type Slot } from '../lockout/failure-budgets.js';
import { Vault } from '../secrets/vault.js';
import { matchingStep } from './codes.js';
import type { OtpParameters } from './parameters.js';

const NO_SECRET = Buffer.alloc(20);
const NO_DEVICE: OtpParameters = {
  subType: 'totp',
  algorithm: 'HmacSHA1',
  digits: 6,
  period: 30,
  counter: 0,
};

/**
 * Is this a code of the user's app that was never accepted before? Three queries, whatever the answer: load, pay for the
 * attempt, and spend the step together with giving the budget back. A wrong code, a spent one and no app at all go the same way, so
 * that neither text nor time tells that a code was valid but used (mistakes.md).
 */
@Injectable()
export class OtpCheck {
  constructor(
    private readonly accounts: Accounts,
    private readonly budgets: FailureBudgets,
    private readonly vault: Vault,
    private readonly db: DataSource,
    private readonly clock: Clock,
  ) {}

  async verify({ realmId, userId, input, credentialId, attempt, address }: Verify): Promise<Verified> {
    const account = await this.accounts.load({ realmId, userId }, 'second-factor');
    const slot = await this.budgets.take(account, address);
    const devices = account.credentials.filter(({ type }) => type === 'otp');
    const device = credentialId ? devices.find(({ id }) => id === credentialId) : devices[0];

    // Nothing is compared when the account is locked: the answer would be worth a guess.
    const step = slot.kind === 'locked' ? undefined : this.stepOf(input, account, device);
    const spent = await this.spend(account, slot, device?.id, step, attempt);
    const answer = {
      credentialId: device?.id,
      has: summaries(account.credentials),
      ...(spent ? {} : lockOf(slot)),
    };
    if (slot.kind === 'locked') return { verdict: 'locked', ...answer };
    if (spent) return { verdict: 'ok', ...answer };
    await this.budgets.failed(account, slot, address);
    if (!device) return { verdict: 'none', ...answer };
    return { verdict: step === undefined ? 'wrong' : 'used', ...answer };
  }

  private stepOf(input: string, account: Account, device?: LoadedCredential): number | undefined {
    const lookAround = {
      now: this.clock.now(),
      window: account.settings.otpPolicyLookAheadWindow,
      lastStep: Number(device?.lastStep ?? -1),
    };
    if (!device) {
      matchingStep(input, NO_SECRET, NO_DEVICE, lookAround);
      return undefined;
    }
    const { id, keyId, sealed, data } = device;
    const place = { realmId: account.realmId, userId: account.userId!, credentialId: id };
    const secret = this.vault.open({ keyId, data: sealed }, place);
    return matchingStep(input, secret, data as OtpParameters, lookAround);
  }

  /**
   * Spends a step by one conditional update, whose row count is the answer: of any number of requests with one code, on
   * any number of instances, one wins (RFC 6238 §5.2, T-05). A step that this very attempt spent is its own: the reply may have
   * been lost (docs/decisions/0005). Only a right code gives the budget back: a right password does not pay for guesses
   * of codes (mistakes.md).
   */
  private async spend(
    { realmId, userId, budget }: Account,
    slot: Slot,
    credentialId: string | undefined,
    step: number | undefined,
    attempt: string,
  ): Promise<boolean> {
    const [row] = await this.db.query<{ spent: number }[]>(
      `with spent as (
         update credential set last_step = $6::bigint, last_attempt = $7::text
          where id = $5::uuid and realm_id = $1 and user_id = $2
            and (last_step < $6 or (last_step = $6 and last_attempt = $7))
         returning 1
       ), given_back as (${GIVE_BACK} and exists (select from spent))
       select count(*)::integer as spent from spent`,
      [
        realmId,
        userId ?? null,
        budget.kind,
        slot.kind === 'taken' ? slot.version : 0,
        credentialId ?? null,
        step ?? null,
        attempt,
      ],
    );
    return row!.spent > 0;
  }
}
