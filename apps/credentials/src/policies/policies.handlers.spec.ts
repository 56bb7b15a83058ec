import { randomUUID } from 'node:crypto';
import { credentials, type PolicySettings } from '@tumbler/contract-credentials';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { testCredentials, type TestCredentials } from '../testing/test-credentials.js';

let service: TestCredentials;
beforeAll(async () => void (service = await testCredentials()));
afterAll(() => service.close());

const set = (realmId: string, settings: PolicySettings) =>
  service.bus.call(credentials.setPolicies, { realmId, settings });
const get = (realmId: string) => service.bus.call(credentials.policies, { realmId });

it('answers safe defaults for a realm that has set nothing (docs/decisions/0006)', async () => {
  expect(await get(randomUUID())).toEqual({
    otpPolicyType: 'totp',
    otpPolicyAlgorithm: 'HmacSHA1',
    otpPolicyDigits: 6,
    otpPolicyLookAheadWindow: 1,
    otpPolicyPeriod: 30,
    otpPolicyInitialCounter: 0,
    otpPolicyCodeReusable: false,
    otpSupportedApplications: [
      'totpAppFreeOTPName',
      'totpAppGoogleName',
      'totpAppMicrosoftAuthenticatorName',
    ],
    bruteForceProtected: true,
    permanentLockout: false,
    maxTemporaryLockouts: 0,
    bruteForceStrategy: 'MULTIPLE',
    maxFailureWaitSeconds: 900,
    minimumQuickLoginWaitSeconds: 60,
    waitIncrementSeconds: 60,
    quickLoginCheckMilliSeconds: 1000,
    maxDeltaTimeSeconds: 43200,
    failureFactor: 30,
    maxSecondaryAuthFailures: 100,
  });
});

it('keeps what was set, and changes nothing else', async () => {
  const realmId = randomUUID();
  await set(realmId, { otpPolicyDigits: 8, passwordPolicy: 'length(12)' });
  const changed = await set(realmId, { failureFactor: 5 });
  expect(changed).toMatchObject({
    otpPolicyDigits: 8,
    passwordPolicy: 'length(12)',
    failureFactor: 5,
    otpPolicyPeriod: 30,
    otpSupportedApplications: ['totpAppFreeOTPName', 'totpAppGoogleName'],
  });
  expect(await get(realmId)).toEqual(changed);
});

it('refuses what it would not keep, and then changes nothing', async () => {
  const realmId = randomUUID();
  for (const passwordPolicy of ['regexPattern(.*)', 'length(8) and hashIterations(1)'])
    await expect(set(realmId, { passwordPolicy, otpPolicyDigits: 8 })).rejects.toMatchObject({
      code: 'invalid_request',
    });
  await expect(set(realmId, { failureFactor: 0 })).rejects.toMatchObject({ code: 'invalid_request' });
  expect(await get(realmId)).toMatchObject({ otpPolicyDigits: 6 });
});

it('has no way to accept a code twice (RFC 6238 §5.2)', async () => {
  const settings = JSON.parse('{"otpPolicyCodeReusable": true}') as PolicySettings;
  await expect(set(randomUUID(), settings)).rejects.toMatchObject({ code: 'invalid_request' });
});
