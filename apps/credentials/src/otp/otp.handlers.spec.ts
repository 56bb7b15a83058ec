import { randomUUID } from 'node:crypto';
import { credentials } from '@tumbler/contract-credentials';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { testCredentials, type TestCredentials } from '../testing/test-credentials.js';
import { App, Visitor } from '../testing/visitor.js';
import { ExpiredEnrolments } from './expired-enrolments.js';

let service: TestCredentials;
let ann: Visitor;
beforeAll(async () => void (service = await testCredentials()));
afterAll(() => service.close());
beforeEach(() => void (ann = new Visitor(service.bus, randomUUID())));

const step = () => Math.floor(service.clock.now().getTime() / 30_000);

describe('beginning to set an app up', () => {
  it('answers what a page has to show', async () => {
    const begun = await ann.begin();
    expect(begun.secret).toMatch(/^[A-Z2-7]{32}$/);
    expect(begun).toMatchObject({
      uri: `otpauth://totp/Acme:ann?secret=${begun.secret}&issuer=Acme&algorithm=SHA1&digits=6&period=30`,
      policy: {
        type: 'totp',
        algorithm: 'HmacSHA1',
        digits: 6,
        period: 30,
        lookAroundWindow: 1,
        initialCounter: 0,
      },
      apps: ['totpAppFreeOTPName', 'totpAppGoogleName', 'totpAppMicrosoftAuthenticatorName'],
      labelRequired: false,
    });
  });

  it('keeps the secret when the page is loaded again, also under a policy that changed meanwhile', async () => {
    const begun = await ann.begin();
    await service.bus.call(credentials.setPolicies, {
      realmId: ann.realmId,
      settings: { otpPolicyDigits: 8 },
    });
    expect(await ann.begin(begun.loginId)).toEqual(begun);
  });

  it('shows one secret on two pages that are loaded at once', async () => {
    const pages = await Promise.all(Array.from({ length: 8 }, () => ann.begin('one login')));
    expect(new Set(pages.map(({ secret }) => secret)).size).toBe(1);
  });

  it('gives another login, and another user, another secret (T-03)', async () => {
    const begun = await ann.begin('one login');
    const bob = new Visitor(service.bus, ann.realmId);
    const secrets = [begun, await ann.begin('another login'), await bob.begin('one login')];
    expect(new Set(secrets.map(({ secret }) => secret)).size).toBe(3);
  });

  it('keeps the secret sealed, and tells nobody of it (H-07, U-09)', async () => {
    const { secret } = await ann.begin();
    const rows = await service.db.query('select * from pending_otp where user_id = $1', [ann.userId]);
    expect(JSON.stringify([rows, await service.told()])).not.toContain(secret);
  });
});

describe('the first code', () => {
  it('makes the credential, and is told of', async () => {
    const begun = await ann.begin();
    const { credentialId, ...confirmed } = await ann.confirm(begun.loginId, new App(begun).code(step()));
    expect(confirmed).toEqual({ verdict: 'ok' });
    expect(await service.bus.call(credentials.has, ann.who)).toEqual([{ id: credentialId, type: 'otp' }]);
    expect((await service.told()).at(-1)).toMatchObject({
      type: 'credential.created',
      subject: ann.userId,
      realmid: ann.realmId,
      data: { userId: ann.userId, credentialId, credentialType: 'otp' },
    });
  });

  it('that is wrong keeps the secret, and nothing is there yet', async () => {
    const begun = await ann.begin();
    expect(await ann.confirm(begun.loginId, '12345')).toEqual({ verdict: 'wrong' });
    expect((await ann.begin(begun.loginId)).secret).toBe(begun.secret);
    expect(await service.bus.call(credentials.has, ann.who)).toEqual([]);
    expect(await ann.verify(new App(begun).code(step()))).toMatchObject({ verdict: 'none' });
  });

  it.each([-1, 0, 1])(
    'may be %i steps off, as at a login (mistakes.md: stricter than login, Home Assistant #181369)',
    async (off) => {
      await ann.enrol(step() + off);
    },
  );

  it.each([-2, 2])('may not be %i steps off', async (off) => {
    await expect(ann.enrol(step() + off)).rejects.toThrow('wrong');
  });

  it('belongs to the login that began', async () => {
    const begun = await ann.begin();
    const code = new App(begun).code(step());
    expect(await ann.confirm('another login', code)).toEqual({ verdict: 'expired' });
    const bob = new Visitor(service.bus, ann.realmId);
    expect(await bob.confirm(begun.loginId, code)).toEqual({ verdict: 'expired' });
  });

  it('of an attempt whose reply was lost is answered ok again, and of any other not', async () => {
    const begun = await ann.begin();
    const code = new App(begun).code(step());
    const attempt = randomUUID();
    const first = await ann.confirm(begun.loginId, code, { attempt });
    expect(first.verdict).toBe('ok');
    expect(await ann.confirm(begun.loginId, code, { attempt })).toEqual(first);
    expect(await ann.confirm(begun.loginId, code)).toEqual({ verdict: 'expired' });
    expect(await service.bus.call(credentials.has, ann.who)).toHaveLength(1);
  });

  it('comes too late after ten minutes, and the next page shows another secret', async () => {
    const begun = await ann.begin();
    service.clock.advance(599);
    expect((await ann.begin(begun.loginId)).secret).toBe(begun.secret);
    service.clock.advance(1);
    expect(await ann.confirm(begun.loginId, new App(begun).code(step()))).toEqual({ verdict: 'expired' });
    expect((await ann.begin(begun.loginId)).secret).not.toBe(begun.secret);
  });

  it('of a counter-based app may be some counters ahead, and the counter goes on from there', async () => {
    await service.bus.call(credentials.setPolicies, {
      realmId: ann.realmId,
      settings: { otpPolicyType: 'hotp', otpPolicyInitialCounter: 3, otpPolicyLookAheadWindow: 2 },
    });
    await expect(ann.enrol(6)).rejects.toThrow('wrong');
    await expect(ann.enrol(2)).rejects.toThrow('wrong');
    const app = await ann.enrol(5);
    expect(await ann.verify(app.code(5))).toMatchObject({ verdict: 'used' });
    expect(await ann.verify(app.code(6))).toMatchObject({ verdict: 'ok' });
  });
});

describe('a second app', () => {
  it('needs a name, and one that no other app has', async () => {
    await ann.enrol(step(), 'Phone');
    const begun = await ann.begin();
    expect(begun.labelRequired).toBe(true);
    const code = new App(begun).code(step());
    expect(await ann.confirm(begun.loginId, code)).toEqual({ verdict: 'label_missing' });
    expect(await ann.confirm(begun.loginId, code, { label: '  ' })).toEqual({ verdict: 'label_missing' });
    expect(await ann.confirm(begun.loginId, code, { label: 'Phone' })).toEqual({ verdict: 'label_taken' });
    expect(await ann.confirm(begun.loginId, code, { label: ' Tablet ' })).toMatchObject({ verdict: 'ok' });
    const names = (await service.bus.call(credentials.has, ann.who)).map(({ label }) => label);
    expect(names).toEqual(['Phone', 'Tablet']);
  });

  it('may have the name of somebody else’s', async () => {
    await ann.enrol(step(), 'Phone');
    await new Visitor(service.bus, ann.realmId).enrol(step(), 'Phone');
  });

  it('takes the same code as the first one, though it was spent there (mistakes.md: store steps, not codes)', async () => {
    const secretData = JSON.stringify({ value: '12345678901234567890' });
    const given = (userLabel: string) => ({
      type: 'otp' as const,
      userLabel,
      secretData,
      credentialData: '{}',
    });
    const both = { ...ann.who, credentials: [given('one'), given('two')] };
    await service.bus.call(credentials.set, both);
    const [one, two] = await service.bus.call(credentials.has, ann.who);
    const app = new App({
      ...(await ann.begin()),
      secret: 'GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ',
    });
    for (const { id } of [one!, two!])
      expect(await ann.verify(app.code(step()), { credentialId: id })).toMatchObject({ verdict: 'ok' });
  });
});

it('clears away the secrets of enrolments that nobody finished', async () => {
  const count = async () => (await service.db.query<unknown[]>('select from pending_otp')).length;
  await service.db.query('delete from pending_otp');
  await ann.begin();
  service.clock.advance(300);
  await ann.begin();
  service.clock.advance(300);
  await service.get(ExpiredEnrolments).prune();
  expect(await count()).toBe(1);
});
