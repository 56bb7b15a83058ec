import type { OtpPolicy, Policies, PolicySettings } from '@tumbler/contract-credentials';
import { supportedApps } from '../otp/supported-apps.js';

/** What a realm has set is stored; everything else is as here. */
export const DEFAULTS: Required<Omit<PolicySettings, 'passwordPolicy'>> = {
  otpPolicyType: 'totp',
  otpPolicyAlgorithm: 'HmacSHA1',
  otpPolicyDigits: 6,
  otpPolicyLookAheadWindow: 1,
  otpPolicyPeriod: 30,
  otpPolicyInitialCounter: 0,
  otpPolicyCodeReusable: false,

  // Keycloak starts with false and 0 here (docs/decisions/0006).
  bruteForceProtected: true,
  /** N-06: no more than 100 wrong codes in a row. */
  maxSecondaryAuthFailures: 100,

  permanentLockout: false,
  maxTemporaryLockouts: 0,
  bruteForceStrategy: 'MULTIPLE',
  maxFailureWaitSeconds: 900,
  minimumQuickLoginWaitSeconds: 60,
  waitIncrementSeconds: 60,
  quickLoginCheckMilliSeconds: 1000,
  maxDeltaTimeSeconds: 43_200,
  failureFactor: 30,
};

export type Settings = typeof DEFAULTS & Pick<PolicySettings, 'passwordPolicy'>;

/** The settings of a realm: what is stored (null: nothing was ever set) over the defaults. */
export const settingsOf = (stored: PolicySettings | null): Settings => ({ ...DEFAULTS, ...stored });

export const otpPolicyOf = (settings: Settings): OtpPolicy => ({
  type: settings.otpPolicyType,
  algorithm: settings.otpPolicyAlgorithm,
  digits: settings.otpPolicyDigits,
  lookAroundWindow: settings.otpPolicyLookAheadWindow,
  period: settings.otpPolicyPeriod,
  initialCounter: settings.otpPolicyInitialCounter,
});

export const DEFAULT_OTP_POLICY = otpPolicyOf(DEFAULTS);

export const policiesView = (settings: Settings): Policies => ({
  ...settings,
  otpSupportedApplications: supportedApps(otpPolicyOf(settings)),
});
