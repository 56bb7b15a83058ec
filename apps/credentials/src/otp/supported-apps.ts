import type { OtpPolicy } from '@tumbler/contract-credentials';

type Fits = (policy: Pick<OtpPolicy, 'type' | 'algorithm' | 'digits' | 'period'>) => boolean;

/** Which apps make the right codes under a policy, by message key. The others would be wrong without a word (U-07). */
const APPS: [key: string, fits: Fits][] = [
  ['totpAppFreeOTPName', () => true],
  ['totpAppGoogleName', ({ type, period }) => type === 'hotp' || period === 30],
  [
    'totpAppMicrosoftAuthenticatorName',
    ({ type, algorithm, digits, period }) =>
      type === 'totp' && algorithm === 'HmacSHA1' && digits === 6 && period === 30,
  ],
];

export const supportedApps: (...policy: Parameters<Fits>) => string[] = (policy) =>
  APPS.filter(([, fits]) => fits(policy)).map(([key]) => key);
