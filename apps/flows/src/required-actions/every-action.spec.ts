import 'reflect-metadata';
import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { describesForm } from '../testing/forms.js';
import { type Browser, World } from '../testing/world.js';
import { requiredActions } from './index.js';

/** What every member of the list promises, whatever it asks. */

let world: World;
let browser: Browser;
beforeAll(async () => void (world = await World.open()));
beforeEach(() => {
  world.neighbours.enabled = requiredActions.map(({ id }) => id);
  browser = world.browser();
});
afterAll(() => world.close());

let people = 0;
/** Somebody to whom every action means something. */
function anybody() {
  const name = `anybody-${++people}`;
  return world.neighbours.person(name, {
    email: `${name}@acme.example`,
    clientRoles: { account: ['delete-account', 'manage-account'] },
  });
}
async function asked(id: string) {
  const account = anybody();
  account.credentials.push({ id: randomUUID(), type: 'recovery-authn-codes', nextCode: 1 });
  const parameter = id === 'delete_credential' ? `:${account.credentials[1]!.id}` : '';
  await browser.open('browser', { action: `${id}${parameter}` });
  await browser.send({ username: account.user.username, password: account.password });
  if (browser.step.kind === 'form' && browser.form.page === 'login-login-recovery-authn-code-input')
    await browser.send({ recoveryCodeInput: 'FIRST' });
  return account;
}
const [forApplications, forRealms] = [true, false].map((initiable) =>
  requiredActions.filter((action) => (action.initiable ?? true) === initiable).map(({ id }) => id),
);

describe.each(forApplications!)('%s, asked for by an application', (id) => {
  it('has a form that anybody can draw, and a way out of it', async () => {
    await asked(id);
    describesForm(browser.form);
    const out = browser.form.buttons.filter(({ name }) => name === 'cancel-aia');
    expect(out).toMatchObject([{ kind: 'secondary', skipsChecks: true }]);
    await browser.send({ 'cancel-aia': 'true' });
    expect(browser.finished?.action).toEqual({ name: id, status: 'cancelled' });
  });

  it('is nothing that an empty form does, and asks again', async () => {
    const { user } = await asked(id);
    await browser.send({});
    describesForm(browser.form);
    expect(browser.form.buttons.some(({ name }) => name === 'cancel-aia')).toBe(true);
    expect(world.neighbours.accounts.map((account) => account.user)).toContain(user);
  });
});

describe.each(forRealms!)('%s', (id) => {
  it('is not for applications to ask', async () => {
    await asked(id);
    expect(browser.finished?.action).toEqual({ name: id, status: 'error' });
  });
});
