import { Injectable } from '@nestjs/common';
import type { Verified, Verify } from '@tumbler/contract-credentials';
import { DataSource } from 'typeorm';
import { Accounts, summaries, type LoadedCredential, type Who } from '../credentials/accounts.js';
import { FailureBudgets, lockOf } from '../lockout/failure-budgets.js';
import { Vault } from '../secrets/vault.js';
import { PasswordHashes } from './password-hashes.js';
import { dataOf } from './phc.js';

/**
 * Is this the user's password? Three queries when it is right (load, pay, give back), two when it is wrong, when the account
 * is locked and when there is no such user; one hash in each case: they cost the same (C-03, mistakes.md).
 */
@Injectable()
export class PasswordCheck {
  constructor(
    private readonly accounts: Accounts,
    private readonly budgets: FailureBudgets,
    private readonly hashes: PasswordHashes,
    private readonly vault: Vault,
    private readonly db: DataSource,
  ) {}

  verify(question: Verify): Promise<Verified> {
    return this.hashes.admit(() => this.check(question));
  }

  private async check({ realmId, userId, input, credentialId, address }: Verify): Promise<Verified> {
    const account = await this.accounts.load({ realmId, userId }, 'password');
    const slot = await this.budgets.take(account, address);
    const password = account.credentials.find(
      ({ id, type }) => type === 'password' && (!credentialId || id === credentialId),
    );
    if (slot.kind === 'locked') {
      await this.hashes.pretend(input);
      return { verdict: 'locked', has: [], ...lockOf(slot) };
    }
    const phc = password && this.open(account, password);
    const right = phc ? await this.hashes.matches(input, phc) : await this.hashes.pretend(input);
    if (!password || !phc || !right) {
      await this.budgets.failed(account, slot, address);
      return { verdict: phc ? 'wrong' : 'none', has: [], ...lockOf(slot) };
    }
    await this.budgets.giveBack(account, slot);
    if (this.hashes.isWeak(phc)) await this.rehash(account, password, input);
    return { verdict: 'ok', credentialId: password.id, has: summaries(account.credentials) };
  }

  /** Only while the hash is still the one that was compared: the user may have chosen another password meanwhile. */
  private async rehash(who: Who, { id, sealed }: LoadedCredential, input: string): Promise<void> {
    const phc = await this.hashes.make(input);
    const fresh = this.vault.seal(Buffer.from(phc), { ...whose(who), credentialId: id });
    await this.db.query(
      'update credential set data = $1, key_id = $2, sealed = $3 where id = $4 and sealed = $5',
      [dataOf(phc), fresh.keyId, fresh.data, id, sealed],
    );
  }

  private open(who: Who, { id, keyId, sealed }: LoadedCredential): string {
    return this.vault.open({ keyId, data: sealed }, { ...whose(who), credentialId: id }).toString();
  }
}

const whose = ({ realmId, userId }: Who) => ({ realmId, userId: userId! });
