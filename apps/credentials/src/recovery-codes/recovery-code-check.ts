import { Injectable } from '@nestjs/common';
import type { Verified, Verify } from '@tumbler/contract-credentials';
import type { Account, LoadedCredential } from '../credentials/accounts.js';
import { SecondFactors } from '../credentials/second-factors.js';
import { Vault } from '../secrets/vault.js';
import { isCode } from './codes.js';

const NO_CODES = Buffer.alloc(0);

/** Is this the recovery code that comes next? The number of a code is the step that it spends. */
@Injectable()
export class RecoveryCodeCheck {
  constructor(
    private readonly secondFactors: SecondFactors,
    private readonly vault: Vault,
  ) {}

  verify(question: Verify): Promise<Verified> {
    return this.secondFactors.verify(question, (account, codes) =>
      this.numberOf(question.input, account, codes),
    );
  }

  /** Also the last one spent is looked at, so that the attempt that spent it is recognised (docs/decisions/0005). */
  private async numberOf(
    typed: string,
    { realmId, userId }: Account,
    codes?: LoadedCredential,
  ): Promise<number | undefined> {
    const spent = Number(codes?.lastStep ?? 0);
    const hashes = codes
      ? this.vault.open(
          { keyId: codes.keyId, data: codes.sealed },
          { realmId, userId: userId!, credentialId: codes.id },
        )
      : NO_CODES;
    const [next, last] = await Promise.all([
      isCode(typed, hashes, spent + 1),
      isCode(typed, hashes, spent || Infinity),
    ]);
    if (next) return spent + 1;
    return last ? spent : undefined;
  }
}
