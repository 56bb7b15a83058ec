import { Injectable } from '@nestjs/common';
import type { Verified, Verify } from '@tumbler/contract-credentials';
import { prepared } from '@tumbler/database';
import { DataSource } from 'typeorm';
import { FailureBudgets, GIVE_BACK, lockOf, type Slot } from '../lockout/failure-budgets.js';
import { Accounts, summaries, type Account, type LoadedCredential } from './accounts.js';

/** Which step of the credential is it that was typed? Absent for none; a user without one costs as much. */
export type StepOf = (
  account: Account,
  credential?: LoadedCredential,
) => number | undefined | Promise<number | undefined>;

/**
 * Codes that are accepted once, of whatever kind, out of one budget: whoever may guess at one kind when the guesses of the
 * other are used up has twice as many (H-05). Three queries, whatever the answer: load, pay for the attempt, and spend the
 * step together with giving the budget back. A wrong code, a spent one and none at all go the same way, so that neither
 * text nor time tells that a code was valid but used (mistakes.md).
 */
@Injectable()
export class SecondFactors {
  constructor(
    private readonly accounts: Accounts,
    private readonly budgets: FailureBudgets,
    private readonly db: DataSource,
  ) {}

  async verify(
    { realmId, userId, type, credentialId, attempt, address }: Verify,
    stepOf: StepOf,
  ): Promise<Verified> {
    const account = await this.accounts.load({ realmId, userId }, 'second-factor');
    const slot = await this.budgets.take(account, address);
    const mine = account.credentials.filter((credential) => credential.type === type);
    const credential = credentialId ? mine.find(({ id }) => id === credentialId) : mine[0];

    // Nothing is compared when the account is locked: the answer would be worth a guess.
    const step = slot.kind === 'locked' ? undefined : await stepOf(account, credential);
    const spent = await this.spend(account, slot, credential?.id, step, attempt);
    const answer = {
      credentialId: credential?.id,
      has: summaries(spent ? spentOf(account.credentials, credential?.id, step) : account.credentials),
      ...(spent ? {} : lockOf(slot)),
    };
    if (slot.kind === 'locked') return { verdict: 'locked', ...answer };
    if (spent) return { verdict: 'ok', ...answer };
    await this.budgets.failed(account, slot, address);
    if (!credential) return { verdict: 'none', ...answer };
    return { verdict: step === undefined ? 'wrong' : 'used', ...answer };
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
    const [row] = await prepared<{ spent: number }>(
      this.db,
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

/** What the user has now that the step is spent, without reading it again. */
const spentOf = (all: LoadedCredential[], credentialId?: string, step?: number): LoadedCredential[] =>
  all.map((one) => (one.id === credentialId ? { ...one, lastStep: String(step) } : one));
