import 'reflect-metadata';
import { text, type Form } from '@tumbler/contract-flows';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { authenticatorSuite } from '../authenticators/authenticators.suite.js';
import type { RequiredAction } from '../required-actions/required-action.js';
import { asking } from '../testing/flows.js';
import { World } from '../testing/world.js';

/** Proves the two seams by plugging in what is not ours: an authenticator and a required action, an object each. */

const form = (wrong = false): Form => ({
  page: 'login-riddle',
  id: 'kc-riddle-form',
  title: { literal: 'What has keys and opens no lock?' },
  fields: [
    {
      name: 'answer',
      type: 'text',
      label: { literal: 'Answer' },
      ...(wrong ? { error: { id: 'input-error', text: { literal: 'No.' } } } : {}),
    },
  ],
  buttons: [{ id: 'kc-riddle', label: text('doSubmit'), kind: 'primary' }],
});

const riddle = asking('riddle', {
  needsUser: true,
  ready: () => true,
  ask: () => form(),
  answer: async (_, { answer }) =>
    answer === 'a piano' ? { kind: 'passed' } : { kind: 'refused', error: 'wrong_answer', form: form(true) },
});

const oath: RequiredAction = {
  id: 'SWEAR_OATH',
  ask: () => ({ ...form(), page: 'login-oath' }),
  answer: async (_, { answer }) =>
    answer === 'I do'
      ? {
          kind: 'done',
          events: [{ type: 'CUSTOM_REQUIRED_ACTION', details: { custom_required_action: 'SWEAR_OATH' } }],
        }
      : { kind: 'again', form: form(true) },
};

authenticatorSuite(riddle);

describe('what is plugged in', () => {
  let world: World;
  beforeAll(async () => {
    world = await World.open({ authenticators: [riddle], requiredActions: [oath] });
    world.neighbours.enabled = ['SWEAR_OATH'];
  });
  afterAll(() => world.close());

  it('is a step and an action like any other', async () => {
    world.neighbours.person('ann', { requiredActions: ['SWEAR_OATH'] });
    const browser = world.browser();
    await world.trees.ofRealm(browser.realm.id);
    await world.db.query(
      `insert into execution (id, realm_id, flow_id, requirement, priority, authenticator)
       select gen_random_uuid(), realm_id, id, 'REQUIRED', 15, 'riddle' from flow where realm_id = $1 and alias = 'forms'`,
      [browser.realm.id],
    );
    await browser.signIn('ann');
    expect(browser.form.page).toBe('login-riddle');
    await browser.send({ answer: 'a pianist' });
    expect(browser.errors).toEqual([{ answer: { literal: 'No.' } }]);
    await browser.send({ answer: 'a piano' });
    expect(browser.form.page).toBe('login-oath');
    await browser.send({ answer: 'I do' });
    expect(browser.finished?.username).toBe('ann');
    expect(await world.toldTypes(browser.realm.id)).toEqual([
      'LOGIN_ERROR wrong_answer',
      'CUSTOM_REQUIRED_ACTION',
      'LOGIN',
    ]);
  });
});
