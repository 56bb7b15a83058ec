import { Injectable } from '@nestjs/common';
import type { Verified, Verify } from '@tumbler/contract-credentials';
import { prepared } from '@tumbler/database';
import { DataSource } from 'typeorm';
import { isWhole } from '../lockout/budget.js';
import { FailureBudgets, GIVE_BACK, VERSION } from '../lockout/failure-budgets.js';
import { Accounts, summaries, type Account, type LoadedCredential } from './accounts.js';

/** Which step of the credential is it that was typed? Absent for none; a user without one costs as much. */
export type StepOf = (
  account: Account,
  credential?: LoadedCredential,
) => number | undefined | Promise<number | undefined>;

/** A step of a credential, and the attempt that wants to spend it. */
interface Claim {
  credential: LoadedCredential;
  step: number;
  attempt: string;
}

/**
 * Codes that are accepted once, of whatever kind, out of one budget: whoever may guess at one kind when the guesses of the
 * other are used up has twice as many (H-05). Two statements, whatever the answer: load, and spend the step or count the
 * failure. A wrong code, a spent one and none at all go the same way, so that neither text nor time tells that a code was
 * valid but used (mistakes.md).
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
    const mine = account.credentials.filter((credential) => credential.type === type);
    const credential = credentialId ? mine.find(({ id }) => id === credentialId) : mine[0];

    // Nothing is compared when the account is locked: the answer would be worth a guess.
    const isLocked = this.budgets.standing(account).kind === 'locked';
    const step = isLocked ? undefined : await stepOf(account, credential);
    const claim = credential && step !== undefined ? { credential, step, attempt } : undefined;
    if (
      claim &&
      !isSpent(claim) &&
      (await this.budgets.right(account, (seen) => this.spend(seen, claim))) === 'spent'
    ) {
      const has = summaries(spentOf(account.credentials, claim));
      return { verdict: 'ok', credentialId: claim.credential.id, has };
    }
    const counted = await this.budgets.wrong(account, address);
    const answer = { ...counted, credentialId: credential?.id, has: summaries(account.credentials) };
    if (counted.verdict === 'locked') return answer;
    if (!credential) return { ...answer, verdict: 'none' };
    return { ...answer, verdict: claim ? 'used' : 'wrong' };
  }

  /**
   * Spends a step by one conditional update, whose row count is the answer: of any number of requests with one code, on
   * any number of instances, one wins (RFC 6238 §5.2, T-05). A step that this very attempt spent is its own: the reply may have
   * been lost (docs/decisions/0005). Only a right code gives the budget back: a right password does not pay for guesses
   * of codes (mistakes.md). Answers `changed`, and has spent nothing, when failures were counted since the budget was read.
   */
  private async spend(
    { realmId, userId, budget }: Account,
    { credential, step, attempt }: Claim,
  ): Promise<'spent' | 'used' | 'changed'> {
    const [row] = await prepared<{ spent: number; version: string }>(
      this.db,
      `with spent as (
         update credential set last_step = $6::bigint, last_attempt = $7::text
          where id = $5::uuid and realm_id = $1 and user_id = $2
            and (last_step < $6 or (last_step = $6 and last_attempt = $7))
            and ${VERSION} = $4
         returning 1
       )${isWhole(budget.state) ? '' : `, given_back as (${GIVE_BACK} and exists (select from spent))`}
       select (select count(*)::integer from spent) as spent, ${VERSION} as version`,
      [realmId, userId, budget.kind, budget.version, credential.id, step, attempt],
    );
    if (row!.spent > 0) return 'spent';
    return Number(row!.version) === budget.version ? 'used' : 'changed';
  }
}

/** What is known to be spent goes the way of a wrong code at once. */
function isSpent({ credential, step, attempt }: Claim): boolean {
  const last = Number(credential.lastStep);
  return step < last || (step === last && credential.lastAttempt !== attempt);
}

/** What the user has now that the step is spent, without reading it again. */
const spentOf = (all: LoadedCredential[], { credential, step }: Claim): LoadedCredential[] =>
  all.map((one) => (one.id === credential.id ? { ...one, lastStep: String(step) } : one));
