import 'reflect-metadata';
import { users } from '@tumbler/contract-users';
import { AppError } from '@tumbler/errors';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { CODE } from '../testing/neighbours.js';
import { World } from '../testing/world.js';

let world: World;
beforeEach(async () => void (world = await World.open()));
afterEach(() => world.close());

const EXPIRED = { kind: 'expired' };

describe('one form', () => {
  it('is taken once when it is sent twice at the same moment: both hear the same end', async () => {
    world.neighbours.person('ann');
    const browser = world.browser();
    await browser.open();
    const form = browser.page;
    const steps = await Promise.all(
      Array.from({ length: 8 }, () => browser.send({ username: 'ann', password: 'ann-password' }, form)),
    );
    for (const step of steps) expect(step).toEqual(steps[0]);
    expect(steps[0]).toMatchObject({ kind: 'done' });
    expect(await world.toldTypes(browser.realm.id)).toEqual(['LOGIN']);
  });

  it('answers again what was lost on its way, for a minute', async () => {
    world.neighbours.person('ann');
    const browser = world.browser();
    await browser.open();
    const form = browser.page;
    const done = await browser.send({ username: 'ann', password: 'ann-password' });
    world.clock.advance(60);
    expect(await browser.send({ username: 'ann', password: 'ann-password' }, form)).toEqual(done);
    world.clock.advance(1);
    expect(await browser.send({ username: 'ann', password: 'ann-password' }, form)).toEqual(EXPIRED);
  });

  it('can be sent again when a service was away, and spends its code as the same attempt', async () => {
    world.neighbours.personWithOtp('ann');
    const browser = world.browser();
    await browser.signIn('ann');
    const form = browser.page;
    world.bus.stub(users.get, () => {
      throw new AppError('service_unavailable');
    });
    await expect(browser.send({ otp: CODE })).rejects.toMatchObject({ code: 'service_unavailable' });
    expect(await world.toldTypes(browser.realm.id)).toEqual([]);

    const ann = world.neighbours.accounts[0]!;
    world.bus.stub(users.get, () => ({ user: ann.user, actions: [] }));
    await browser.send({ otp: CODE }, form);
    expect(browser.finished).toBeDefined();
  });

  it('enrols once when users was away after the code was right', async () => {
    const ann = world.neighbours.person('ann', { requiredActions: ['CONFIGURE_TOTP'] });
    const browser = world.browser();
    await browser.signIn('ann');
    world.bus.stub(users.finishAction, () => {
      throw new AppError('service_unavailable');
    });
    await expect(browser.send({ totp: CODE })).rejects.toMatchObject({ code: 'service_unavailable' });
    world.bus.stub(users.finishAction, () => {
      ann.user.requiredActions = [];
      return {};
    });
    await browser.send({ totp: CODE });
    expect(browser.finished).toBeDefined();
    expect(ann.credentials.filter(({ type }) => type === 'otp')).toHaveLength(1);
  });
});
