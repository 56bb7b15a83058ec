import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { actionOf } from '../testing/browser.js';
import { SignInWorld } from '../testing/sign-in-world.js';

describe('an application asks its user to do something (kc_action)', () => {
  let world: SignInWorld;
  beforeAll(async () => void (world = await SignInWorld.open()));
  afterAll(() => world.gateway.close());

  it('and hears with the code what became of it', async () => {
    const { config } = await world.register();
    const { callback } = await world.signIn(config, { kc_action: 'UPDATE_PASSWORD' });
    expect(world.started!.action).toBe('UPDATE_PASSWORD');
    expect(Object.fromEntries(callback.searchParams)).toMatchObject({
      code: expect.any(String),
      kc_action: 'UPDATE_PASSWORD',
      kc_action_status: 'success',
    });
  });

  it('also of whoever is signed in already', async () => {
    const { config } = await world.register();
    const { by } = await world.signIn(config);
    const { callback } = await world.signIn(config, { kc_action: 'CONFIGURE_TOTP' }, by);
    expect(world.started!.session).toMatchObject({ userId: world.ann.id });
    expect(callback.searchParams.get('kc_action')).toBe('CONFIGURE_TOTP');
  });

  it('hears nothing of it where nothing was asked', async () => {
    const { config } = await world.register();
    const { callback } = await world.signIn(config);
    expect(world.started).not.toHaveProperty('action');
    expect([...callback.searchParams.keys()].filter((name) => name.startsWith('kc_'))).toEqual([]);
  });

  it('in whatever way its answers come', async () => {
    const { config } = await world.register();
    const asked = { kc_action: '"><script>', response_mode: 'form_post' };
    const { page, by } = await world.ask(config, asked);
    const back = await by.post(actionOf(page, 'kc-form-login'), { username: 'ann', password: 'x' });
    expect(back.body).toContain('name="kc_action_status" value="success"');
    expect(back.body).not.toContain('"><script>');
  });

  it('without a page there is no asking (O-02)', async () => {
    const { config } = await world.register();
    const { by } = await world.signIn(config);
    const { page } = await world.ask(config, { kc_action: 'UPDATE_PASSWORD', prompt: 'none' }, by);
    expect(new URL(page.headers.location!).searchParams.get('error')).toBe('interaction_required');
  });

  it('and hands on no more than a name can hold', async () => {
    const { config } = await world.register();
    await world.ask(config, { kc_action: 'x'.repeat(1000) });
    expect(world.started!.action).toHaveLength(255);
  });
});
