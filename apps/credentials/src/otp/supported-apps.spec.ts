import { expect, it } from 'vitest';
import { DEFAULT_OTP_POLICY } from '../policies/policy.js';
import { supportedApps } from './supported-apps.js';

const [FREE, GOOGLE, MICROSOFT] = [
  'totpAppFreeOTPName',
  'totpAppGoogleName',
  'totpAppMicrosoftAuthenticatorName',
];

it.each([
  ['the default', {}, [FREE, GOOGLE, MICROSOFT]],
  ['eight digits', { digits: 8 }, [FREE, GOOGLE]],
  ['another hash', { algorithm: 'HmacSHA256' }, [FREE, GOOGLE]],
  ['another period', { period: 60 }, [FREE]],
  ['a counter', { type: 'hotp', digits: 8, algorithm: 'HmacSHA256', period: 60 }, [FREE, GOOGLE]],
] as const)('knows which apps fit %s (keycloak.md §4.3)', (_, changes, apps) => {
  expect(supportedApps({ ...DEFAULT_OTP_POLICY, ...changes })).toEqual(apps);
});
