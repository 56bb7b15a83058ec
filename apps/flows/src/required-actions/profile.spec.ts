import 'reflect-metadata';
import { text } from '@tumbler/contract-flows';
import { users, type ProfileAttribute } from '@tumbler/contract-users';
import { AppError } from '@tumbler/errors';
import { beforeEach, describe, expect, it } from 'vitest';
import { type Browser, World } from '../testing/world.js';

let world: World;
let browser: Browser;
beforeEach(async () => {
  world = await World.open();
  world.neighbours.enabled = ['UPDATE_PROFILE', 'VERIFY_PROFILE'];
  browser = world.browser();
  return () => world.close();
});

const EVERYBODY = { view: ['admin', 'user'], edit: ['admin', 'user'] };
const addAttribute = (...attributes: ProfileAttribute[]) =>
  world.neighbours.profile.attributes.push(...attributes);
async function asked(fields: object = {}, action = 'UPDATE_PROFILE') {
  const { user } = world.neighbours.person('ann', {
    ...{ email: 'old@example.org', requiredActions: [action] },
    ...fields,
  });
  await browser.signIn('ann');
  return user;
}
const profile = { email: 'new@example.org', firstName: 'Ann', lastName: 'Lee' };

describe('Update Profile', () => {
  it('changes what is known, and takes a new address for unproven', async () => {
    const user = await asked({ emailVerified: true });
    expect(browser.form.message?.text).toEqual(text('updateProfileMessage'));
    expect(browser.form.fields.map(({ name, value }) => [name, value])).toEqual([
      ['email', 'old@example.org'],
      ['firstName', undefined],
      ['lastName', undefined],
    ]);
    await browser.send(profile);
    expect(user).toMatchObject({ ...profile, emailVerified: false });
    expect(await world.told(browser.realm.id)).toMatchObject([
      {
        type: 'UPDATE_PROFILE',
        data: { details: { previous_email: 'old@example.org', updated_email: 'new@example.org' } },
      },
      { type: 'LOGIN' },
    ]);
  });

  it('shows what the realm wants to know, and writes nothing that it does not let users write', async () => {
    addAttribute(
      { name: 'team', displayName: 'Your team', permissions: EVERYBODY, required: {} },
      {
        ...{ name: 'size', permissions: EVERYBODY },
        validations: { options: { options: ['s', 'm'] } },
      },
      { name: 'salary', permissions: { view: ['user', 'admin'], edit: ['admin'] } },
    );
    const user = await asked({ attributes: { team: ['red', 'blue'], salary: ['1'], hidden: ['x'] } });
    expect(browser.form.fields.slice(3)).toMatchObject([
      { name: 'team', type: 'text', label: { literal: 'Your team' }, value: 'red', required: true },
      { name: 'size', type: 'radio', options: [{ value: 's' }, { value: 'm' }] },
    ]);
    await browser.send({
      ...profile,
      team: 'green',
      size: 'm',
      salary: '1000',
      hidden: 'y',
      username: 'root',
    });
    expect(user.username).toBe('ann');
    expect(user.attributes).toEqual({
      ...{ team: ['green', 'blue'], size: ['m'] },
      ...{ salary: ['1'], hidden: ['x'] },
    });
  });

  it('says that an address is taken', async () => {
    world.bus.stub(users.update, () => {
      throw new AppError('conflict', { field: 'email' });
    });
    await asked();
    await browser.send(profile);
    expect(browser.errors).toEqual([{ email: text('emailExistsMessage') }]);
  });

  it('says of each field what the realm does not like, and keeps what was typed', async () => {
    world.bus.stub(users.update, () => {
      throw new AppError('invalid_request', {
        field: 'email',
        fields: [
          { field: 'email', message: 'error-invalid-email' },
          { field: 'lastName', message: 'error-invalid-length', params: ['lastName', 2, 9] },
        ],
      });
    });
    await asked();
    await browser.send({ ...profile, lastName: 'L' });
    expect(browser.errors).toEqual([
      { email: text('error-invalid-email') },
      { lastName: text('error-invalid-length', 'lastName', 2, 9) },
    ]);
    expect(browser.form.fields[2]).toMatchObject({ value: 'L' });
    expect(await world.toldTypes(browser.realm.id)).toEqual(['UPDATE_PROFILE_ERROR invalid_request']);
  });

  it('takes no more than a field holds', async () => {
    await asked();
    await browser.send({ ...profile, firstName: 'x'.repeat(256) });
    expect(browser.errors).toEqual([{ firstName: text('error-invalid-value') }]);
  });

  it('leaves the address to the action for it, where the realm has that', async () => {
    world.neighbours.enabled.push('UPDATE_EMAIL');
    const user = await asked();
    expect(browser.form.fields.map(({ name }) => name)).toEqual(['firstName', 'lastName']);
    await browser.send(profile);
    expect(user).toMatchObject({ email: 'old@example.org', firstName: 'Ann' });
  });
});

describe('Verify Profile', () => {
  const team: ProfileAttribute = { name: 'team', permissions: EVERYBODY, required: {} };
  const incomplete = { requiredActions: [], profileFaults: ['team'] };

  it('stands before the door of whoever lacks something, and says what', async () => {
    addAttribute(team);
    const user = await asked(incomplete);
    expect(browser.form).toMatchObject({ page: 'login-login-update-profile' });
    expect(browser.errors).toEqual([{ team: text('error-user-attribute-required') }]);
    user.profileFaults = undefined;
    await browser.send({ ...profile, team: 'red' });
    expect(browser.finished).toBeDefined();
    expect(await world.told(browser.realm.id)).toMatchObject([
      { type: 'VERIFY_PROFILE', data: { details: { fields_to_update: 'team' } } },
      { type: 'UPDATE_PROFILE' },
      { type: 'LOGIN' },
    ]);
  });

  it('is over when an administrator has put it right meanwhile', async () => {
    addAttribute(team);
    const user = await asked(incomplete);
    user.profileFaults = undefined;
    await browser.reload();
    await browser.send({ ...profile, team: '' });
    expect(browser.finished).toBeDefined();
  });

  it.each([
    ['where the realm does not enable it', () => (world.neighbours.enabled = [])],
    ['where nothing is wrong', () => (incomplete.profileFaults = [])],
  ])('is not asked for %s', async (_, prepare) => {
    prepare();
    await asked(incomplete);
    expect(browser.finished).toBeDefined();
  });
});
