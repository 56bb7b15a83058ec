import { Injectable } from '@nestjs/common';
import type { Verified, Verify } from '@tumbler/contract-credentials';
import { DataSource } from 'typeorm';
import { Accounts, summaries, type LoadedCredential, type Who } from '../credentials/accounts.js';
import { FailureBudgets } from '../lockout/failure-budgets.js';
import { Vault } from '../secrets/vault.js';
import { PasswordHashes } from './password-hashes.js';
import { dataOf } from './phc.js';

/**
 * Is this the user's password? Two statements and one hash, whether it is right or wrong, the account is locked, or there is
 * no such user: they cost the same (C-03, mistakes.md).
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
    const password = account.credentials.find(
      ({ id, type }) => type === 'password' && (!credentialId || id === credentialId),
    );
    const mayCompare = this.budgets.standing(account).kind !== 'locked';
    const phc = mayCompare && password ? this.open(account, password) : undefined;
    const right = phc ? await this.hashes.matches(input, phc) : await this.hashes.pretend(input);
    if (!password || !phc || !right || (await this.budgets.right(account)) === 'locked') {
      const counted = await this.budgets.wrong(account, address);
      return {
        has: [],
        ...counted,
        ...(counted.verdict === 'wrong' && !password ? { verdict: 'none' } : {}),
      };
    }
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
