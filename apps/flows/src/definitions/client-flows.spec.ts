import 'reflect-metadata';
import { flows } from '@tumbler/contract-flows';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { flowAdministrator } from '../testing/flow-administrator.js';
import { World } from '../testing/world.js';

let world: World;
beforeAll(async () => void (world = await World.open()));
afterAll(() => world.close());

describe('a client with a flow of its own', () => {
  /** A name is all that it asks for, so nobody gets in by it. */
  async function strange() {
    const browser = world.browser();
    const admin = flowAdministrator(world, () => browser.realm.id);
    const { id } = await admin.create('strange');
    await admin.add('strange', 'auth-username-form');
    return { id, browser, admin };
  }

  it('leads through that one', async () => {
    const { id, browser } = await strange();
    await browser.open('browser', { overrides: { browser: id } });
    expect(browser.form.page).toBe('login-login-username');
    await browser.reload();
    expect(browser.form.page).toBe('login-login-username');
    await browser.open();
    expect(browser.form.page).toBe('login-login');
  });

  it('is given tokens by its own direct grant flow', async () => {
    const { id, browser } = await strange();
    world.neighbours.person('gina');
    const ask = (overrides?: object) =>
      world.bus.call(flows.grant, {
        realm: browser.realm,
        clientId: 'cli',
        visitor: {},
        fields: { username: 'gina', password: 'gina-password' },
        ...(overrides ? { overrides } : {}),
      });
    expect(await ask()).toMatchObject({ kind: 'done' });
    expect(await ask({ directGrant: id })).toMatchObject({ kind: 'refused' });
  });

  it('lets nobody in when that one is gone, or another realm’s', async () => {
    const { id, browser, admin } = await strange();
    await admin.removeFlow(id);
    const gone = browser.open('browser', { overrides: { browser: id } });
    await expect(gone).rejects.toMatchObject({ code: 'internal' });
    const other = await strange();
    await expect(world.browser().open('browser', { overrides: { browser: other.id } })).rejects.toMatchObject(
      { code: 'internal' },
    );
  });
});
