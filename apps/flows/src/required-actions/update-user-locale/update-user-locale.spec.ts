import 'reflect-metadata';
import { users } from '@tumbler/contract-users';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { flows } from '@tumbler/contract-flows';
import { type Browser, World } from '../../testing/world.js';

let world: World;
let browser: Browser;
beforeAll(async () => void (world = await World.open()));
beforeEach(() => {
  world.neighbours.enabled = ['UPDATE_PASSWORD', 'update_user_locale'];
  browser = world.browser();
});
afterAll(() => world.close());

let people = 0;
const speaker = (locale?: string) =>
  world.neighbours.person(`speaker-${++people}`, { attributes: locale ? { locale: [locale] } : {} });

/** Gives the password on a page in a language that was picked. */
async function signIn({ user, password }: ReturnType<typeof speaker>, locale?: string) {
  await browser.open();
  const { login, code, execution } = browser.page;
  const about = { realm: browser.realm, browser: browser.secret, visitor: {} };
  browser.step = await world.bus.call(flows.submit, {
    ...{ ...about, login, code, execution, fields: { username: user.username, password } },
    ...(locale ? { locale } : {}),
  });
}

describe('the language that a user picks on the way in', () => {
  it('is theirs from then on', async () => {
    const account = speaker();
    await signIn(account, 'de');
    expect(browser.finished).toBeDefined();
    expect(account.user.attributes).toEqual({ locale: ['de'] });
  });

  it.each([
    ['nothing was picked', undefined, 'de'],
    ['it is the same', 'de', 'de'],
  ])('costs nothing where %s', async (_, picked, locale) => {
    const account = speaker(locale);
    world.bus.calls.length = 0;
    await signIn(account, picked);
    expect(world.bus.calls).not.toContain(users.finishAction.subject);
    expect(account.user.attributes).toEqual({ locale: ['de'] });
  });

  it('is kept only where the realm has that', async () => {
    world.neighbours.enabled = [];
    const account = speaker();
    await signIn(account, 'de');
    expect(account.user.attributes).toEqual({});
  });

  it('is kept of nobody who does not get in', async () => {
    const account = speaker();
    account.user.requiredActions = ['UPDATE_PASSWORD'];
    await signIn({ ...account, password: 'wrong' }, 'de');
    await signIn(account, 'de');
    expect(browser.form.page).toBe('login-login-update-password');
    expect(account.user.attributes).toEqual({});
  });

  it('is told to whoever draws the pages, once it is known who they are', async () => {
    const account = speaker('de');
    account.user.requiredActions = ['UPDATE_PASSWORD'];
    await browser.open();
    expect(browser.page).not.toHaveProperty('locale');
    await browser.send({ username: account.user.username, password: 'wrong' });
    expect(browser.page).not.toHaveProperty('locale');
    await browser.send({ username: account.user.username, password: account.password });
    expect(browser.page.locale).toBe('de');
  });
});
