import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { actionOf } from '../testing/browser.js';
import { CALLBACK, SignInWorld, type Application } from '../testing/sign-in-world.js';
import { Clients } from './clients/clients.js';
import { AccessTokens } from './tokens/access-tokens.js';

describe('an application that asks for one user', () => {
  let world: SignInWorld;
  let application: Application;
  const asks: Record<string, (sub: string) => Promise<Record<string, string>>> = {
    'a hint (OpenID Connect Core §3.1.2.1)': async (sub) => ({ id_token_hint: await hintOf(sub) }),
    'a claim (OpenID Connect Core §5.5.1)': async (value) => ({
      claims: JSON.stringify({ id_token: { sub: { value } } }),
    }),
  };
  beforeAll(async () => {
    world = await SignInWorld.open();
    application = await world.register();
  });
  afterAll(() => world.gateway.close());

  const hintOf = async (sub: string): Promise<string> => {
    const realm = world.people.realm('acme');
    const client = (await world.gateway.app.get(Clients).byClientId(realm, application.clientId))!;
    const subject = { user: { ...world.ann, id: sub }, client, scope: 'openid' };
    return (await world.gateway.app.get(AccessTokens).signTokens(realm, subject, 60)).idToken!;
  };
  const refusalOf = ({ headers }: { headers: { location?: unknown } }) => {
    const back = new URL(String(headers.location));
    expect(`${back.origin}${back.pathname}`).toBe(CALLBACK);
    expect(back.searchParams.has('code')).toBe(false);
    return { error: back.searchParams.get('error'), state: back.searchParams.get('state') };
  };

  it.each(Object.keys(asks))('by %s is told so where somebody else signs in', async (by) => {
    const more = await asks[by]!(world.people.add('acme', `bob-${by.length}`).id);
    const { page, by: browser, checks } = await world.ask(application.config, more);
    const back = await browser.post(actionOf(page, 'kc-form-login'), { username: 'ann', password: 'x' });
    expect(refusalOf(back)).toEqual({ error: 'login_required', state: checks.expectedState });
    // Ann is signed in all the same, and no page is shown to her in place of a user who is not there.
    const silent = await world.ask(application.config, { ...more, prompt: 'none' }, browser);
    expect(refusalOf(silent.page).error).toBe('login_required');
  });

  it.each(Object.keys(asks))('by %s gets their code, whether they sign in or are it already', async (by) => {
    const more = await asks[by]!(world.ann.id);
    const first = await world.signIn(application.config, more);
    expect(first.tokens.claims()!.sub).toBe(world.ann.id);
    const again = await world.signIn(application.config, { ...more, prompt: 'none' }, first.by);
    expect(again.tokens.claims()!.sub).toBe(world.ann.id);
  });

  it.each(Object.keys(asks))('by %s has whoever is signed in sign in anew', async (by) => {
    const { by: browser } = await world.signIn(application.config);
    const more = await asks[by]!(world.people.add('acme', `carl-${by.length}`).id);
    const { page } = await world.ask(application.config, more, browser);
    expect(page.statusCode).toBe(200);
    expect(world.started!.session).toBeUndefined();
  });
});
