import { Injectable } from '@nestjs/common';
import { Clock } from '@tumbler/clock';
import type { Verified, Verify } from '@tumbler/contract-credentials';
import type { Account, LoadedCredential } from '../credentials/accounts.js';
import { SecondFactors } from '../credentials/second-factors.js';
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

/** Is this a code of the user's app that was never accepted before? */
@Injectable()
export class OtpCheck {
  constructor(
    private readonly secondFactors: SecondFactors,
    private readonly vault: Vault,
    private readonly clock: Clock,
  ) {}

  verify(question: Verify): Promise<Verified> {
    return this.secondFactors.verify(question, (account, device) =>
      this.stepOf(question.input, account, device),
    );
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
}
