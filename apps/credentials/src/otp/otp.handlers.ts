import { Controller } from '@nestjs/common';
import { Answers } from '@tumbler/bus';
import { Clock } from '@tumbler/clock';
import {
  credentials,
  type BeginOtp,
  type BegunOtp,
  type ConfirmedOtp,
  type ConfirmOtp,
} from '@tumbler/contract-credentials';
import { Accounts, type Account } from '../credentials/accounts.js';
import { FailureBudgets } from '../lockout/failure-budgets.js';
import { otpPolicyOf } from '../policies/policy.js';
import { matchingStep, toBase32 } from './codes.js';
import { Enrolments, type EnrolmentKey } from './enrolments.js';
import { otpauthUri } from './otpauth-uri.js';
import { frozen, policyOf, unspent } from './parameters.js';
import { supportedApps } from './supported-apps.js';

/** Setting an app up: the secret is shown, and becomes a credential with its first right code. */
@Controller()
export class OtpHandlers {
  constructor(
    private readonly accounts: Accounts,
    private readonly enrolments: Enrolments,
    private readonly budgets: FailureBudgets,
    private readonly clock: Clock,
  ) {}

  @Answers(credentials.beginOtp)
  async beginOtp({ issuer, account: name, ...key }: BeginOtp): Promise<BegunOtp> {
    const [account, pending] = await this.load(key);
    const window = account.settings.otpPolicyLookAheadWindow;
    const { secret, parameters } =
      pending ?? (await this.enrolments.begin(key, frozen(otpPolicyOf(account.settings))));
    const policy = policyOf(parameters, window);
    return {
      uri: otpauthUri(secret, parameters, { issuer, account: name }),
      secret: toBase32(secret),
      policy,
      apps: supportedApps(policy),
      labelRequired: hasOtp(account),
    };
  }

  @Answers(credentials.confirmOtp)
  async confirmOtp({ code, attempt, label, ...key }: ConfirmOtp): Promise<ConfirmedOtp> {
    const [account, pending] = await this.load(key);
    if (!pending) return this.whatBecameOf(key, attempt);
    if (this.budgets.standing(account).kind === 'locked') return { verdict: 'locked' };

    // The window is that of a login: an enrolment that is stricter refuses apps that would work (Home Assistant #181369).
    const step = matchingStep(code, pending.secret, pending.parameters, {
      now: this.clock.now(),
      window: account.settings.otpPolicyLookAheadWindow,
      lastStep: unspent(pending.parameters),
    });
    if (step === undefined || step <= unspent(pending.parameters)) {
      const { verdict } = await this.budgets.wrong(account);
      return { verdict };
    }
    if ((await this.budgets.right(account)) === 'locked') return { verdict: 'locked' };
    const name = label?.trim();
    if (!name && hasOtp(account)) return { verdict: 'label_missing' };
    const confirmed = await this.enrolments.confirm(key, { step, attempt, label: name });
    switch (confirmed.kind) {
      case 'made':
        return { verdict: 'ok', credentialId: confirmed.credentialId };
      case 'label_taken':
        return { verdict: 'label_taken' };
      case 'gone':
        return this.whatBecameOf(key, attempt);
    }
  }

  private load(key: EnrolmentKey) {
    return Promise.all([this.accounts.load(key, 'enrolment'), this.enrolments.pending(key)]);
  }

  /** Nothing is pending: this very attempt confirmed it, and its reply was lost, or the time is over. */
  private async whatBecameOf(key: EnrolmentKey, attempt: string): Promise<ConfirmedOtp> {
    const credentialId = await this.enrolments.confirmedBy(key, attempt);
    return credentialId ? { verdict: 'ok', credentialId } : { verdict: 'expired' };
  }
}

const hasOtp = ({ credentials: all }: Account) => all.some(({ type }) => type === 'otp');
