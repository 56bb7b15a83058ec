import 'reflect-metadata';
import { flows, type LoginStep, type Requirement } from '@tumbler/contract-flows';
import { users } from '@tumbler/contract-users';
import fc from 'fast-check';
import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { flowAdministrator } from '../testing/flow-administrator.js';
import { CODE } from '../testing/neighbours.js';
import { World } from '../testing/world.js';

let world: World;
beforeAll(async () => {
  world = await World.open();
  world.bus.stub(users.listActions, () => [
    {
      ...{ alias: 'CONFIGURE_TOTP', providerId: 'CONFIGURE_TOTP', name: 'Configure OTP' },
      ...{ enabled: true, defaultAction: false, priority: 0, config: {} },
    },
  ]);
});
afterAll(() => world.close());

const ask = (realm = world.realm(), more: object = {}) =>
  world.bus.call(flows.simulate, { realm, alias: 'browser', clientId: 'account', ...more });
const names = (pages: { name: string }[]) => pages.map(({ name }) => name);

describe('a simulation', () => {
  it('tells the way of somebody without a second factor, and why there is none', async () => {
    const told = await ask();
    expect(told.outcome).toEqual({ kind: 'signed_in', amr: ['pwd'], level: 1 });
    expect(names(told.pages)).toEqual(['auth-username-password-form']);
    expect(told.path).toContainEqual(
      expect.objectContaining({
        name: 'conditional-user-configured',
        decided: 'condition false',
        why: 'none is set up: auth-otp-form',
      }),
    );
  });

  it('tells of the code that somebody with an app is asked for, and of a wrong one', async () => {
    const user = { credentials: ['password', 'otp'] };
    const right = await ask(undefined, { user });
    expect(right.outcome).toEqual({ kind: 'signed_in', amr: ['pwd', 'otp', 'mfa'], level: 1 });
    expect(names(right.pages)).toEqual(['auth-username-password-form', 'auth-otp-form']);
    const wrong = await ask(undefined, { user, fails: ['auth-otp-form'] });
    expect(wrong.outcome).toEqual({ kind: 'waits' });
    expect(names(wrong.pages)).toEqual(names(right.pages));
  });

  it('tells what has to be set up before the end', async () => {
    const realm = world.realm();
    const admin = flowAdministrator(world, () => realm.id);
    await admin.create('mine');
    await admin.add('mine', 'auth-username-password-form');
    const { id } = await admin.add('mine', 'auth-otp-form');
    await admin.set('mine', { id, requirement: 'REQUIRED', priority: 1 });
    const told = await ask(realm, { alias: 'mine' });
    expect(told.requiredActions).toEqual(['CONFIGURE_TOTP']);
    expect(told.outcome.kind).toBe('signed_in');
    expect(told.problems).toEqual([]);
  });

  it('of a login in one request needs no page', async () => {
    const user = { credentials: ['password', 'otp'] };
    const right = await ask(undefined, { alias: 'direct grant', user });
    expect(right).toMatchObject({ outcome: { kind: 'signed_in', amr: ['pwd', 'otp', 'mfa'] }, pages: [] });
    const wrong = await ask(undefined, { alias: 'direct grant', user, fails: ['direct-grant-validate-otp'] });
    expect(wrong.outcome).toEqual({ kind: 'refused', error: 'invalid_user_credentials' });
    const busy = await ask(undefined, {
      alias: 'direct grant',
      user: { requiredActions: ['CONFIGURE_TOTP'] },
    });
    expect(busy).toMatchObject({
      outcome: { kind: 'refused', error: 'resolve_required_actions' },
      requiredActions: ['CONFIGURE_TOTP'],
    });
  });

  it('of somebody who is signed in shows no page', async () => {
    const told = await ask(undefined, { session: { age: 60, amr: ['pwd'] } });
    expect(told).toMatchObject({ outcome: { kind: 'signed_in', amr: ['pwd'] }, pages: [] });
    expect(told.path).toContainEqual(expect.objectContaining({ name: 'auth-cookie', decided: 'passed' }));
    for (const levels of [{ 2: -1 }, { 2: 'x' }, { 2: 1.5 }]) {
      await expect(ask(undefined, { session: { levels } })).rejects.toMatchObject({
        code: 'invalid_request',
      });
    }
  });

  describe('with what an application asks its user to do (kc_action)', () => {
    const asking = (more: object = {}) => ask(undefined, { kcAction: 'CONFIGURE_TOTP', ...more });

    it('ends with it, and says what the application hears', async () => {
      const told = await asking({ clientId: 'shop' });
      expect(told).toMatchObject({
        requiredActions: ['CONFIGURE_TOTP'],
        outcome: { kind: 'signed_in', action: { name: 'CONFIGURE_TOTP', status: 'success' } },
      });
      expect((await ask()).outcome).not.toHaveProperty('action');
      expect((await asking({ fails: ['CONFIGURE_TOTP'] })).outcome).toEqual({ kind: 'waits' });
    });

    it('asks for a sign-in first where the last one is long ago', async () => {
      expect((await asking({ session: { age: 60 } })).pages).toMatchObject([{ name: 'CONFIGURE_TOTP' }]);
      expect((await asking({ session: { age: 301 } })).pages).toMatchObject([
        { name: 'auth-username-password-form' },
        { name: 'CONFIGURE_TOTP' },
      ]);
    });

    it('is an error where nobody can be asked for it, as on the account page of one who may not change it', async () => {
      for (const more of [{ kcAction: 'nonsense' }, { user: { clientRoles: {} } }]) {
        const told = await asking(more);
        expect(told).toMatchObject({ requiredActions: [], outcome: { action: { status: 'error' } } });
      }
      expect((await asking({ clientId: 'shop', user: { clientRoles: {} } })).requiredActions).toHaveLength(1);
    });
  });

  it('leads on by another way, and tells which there are', async () => {
    const realm = world.realm();
    const admin = flowAdministrator(world, () => realm.id);
    await ask(realm);
    const rows = await admin.rows('browser');
    const { id, priority } = rows.find(({ providerId }) => providerId === 'auth-recovery-authn-code-form')!;
    await admin.set('browser', { id, requirement: 'ALTERNATIVE', priority });
    const user = { credentials: ['password', 'otp', 'recovery-authn-codes'] };
    const told = await ask(realm, { user, chooses: ['auth-recovery-authn-code-form'] });
    expect(told.pages.slice(1)).toMatchObject([
      { name: 'auth-otp-form', ways: ['auth-otp-form', 'auth-recovery-authn-code-form'] },
      { name: 'auth-recovery-authn-code-form' },
    ]);
    expect(told.outcome).toMatchObject({ kind: 'signed_in' });
    const wrong = { user, chooses: [id], fails: ['auth-recovery-authn-code-form'] };
    expect((await ask(realm, wrong)).outcome).toEqual({ kind: 'waits' });
    // What is not offered cannot be chosen.
    const none = await ask(realm, { user: {}, chooses: ['auth-otp-form'] });
    expect(names(none.pages)).toEqual(['auth-username-password-form']);
  });

  it('of a registration ends with who it describes', async () => {
    const realm = world.realm({ registrationAllowed: true });
    const told = await ask(realm, { alias: 'registration' });
    expect(told).toMatchObject({
      outcome: { kind: 'signed_in', amr: ['pwd'] },
      pages: [{ name: 'registration-page-form' }],
    });
    const wrong = await ask(realm, { alias: 'registration', fails: ['registration-page-form'] });
    expect(wrong.outcome).toEqual({ kind: 'waits' });
    const closed = await ask(undefined, { alias: 'registration' });
    expect(closed.outcome).toEqual({ kind: 'refused', error: 'registration_disabled' });
  });

  it('of a reset goes on behind the link, asks for the app, and signs nobody in (C-07)', async () => {
    const realm = world.realm({ resetPasswordAllowed: true });
    const reset = (more: object = {}) => ask(realm, { alias: 'reset credentials', ...more });
    const user = { email: 'ann@example.org', credentials: ['password', 'otp'] };
    const told = await reset({ user });
    expect(told.outcome).toEqual({ kind: 'done' });
    expect(names(told.pages).slice(0, 3)).toEqual([
      'reset-credentials-choose-user',
      'reset-credential-email',
      'reset-otp',
    ]);
    for (const step of ['reset-otp', 'reset-credential-email']) {
      expect((await reset({ user, fails: [step] })).outcome).toEqual({ kind: 'waits' });
    }
    expect((await ask(undefined, { alias: 'reset credentials' })).outcome.kind).toBe('refused');
  });

  it('asks once for what a user has to do by what they are', async () => {
    const realm = world.realm({ verifyEmail: true });
    const { user } = world.neighbours.person('unverified', { email: 'u@example.org', emailVerified: false });
    const { enabled } = world.neighbours;
    world.neighbours.enabled = ['VERIFY_EMAIL'];
    const told = await ask(realm, { userId: user.id });
    world.neighbours.enabled = enabled;
    expect(told).toMatchObject({ outcome: { kind: 'signed_in' }, requiredActions: ['VERIFY_EMAIL'] });
  });

  it('is of no user whose attributes or roles are no lists', async () => {
    for (const user of [{ attributes: { a: 'b' } }, { clientRoles: { shop: [7] } }]) {
      await expect(ask(undefined, { user })).rejects.toMatchObject({ code: 'invalid_request' });
    }
  });

  it('refuses a user who is switched off, and one who is not there', async () => {
    expect((await ask(undefined, { user: { enabled: false } })).outcome).toEqual({ kind: 'waits' });
    await expect(ask(undefined, { alias: 'nowhere' })).rejects.toMatchObject({
      details: { message: 'Flow not found' },
    });
  });

  it('writes nothing, counts nothing and asks nobody to', async () => {
    const realm = world.realm();
    await ask(realm);
    const rows = async () => {
      const tables = await world.db.query<{ name: string }[]>(
        `select table_name as name from information_schema.tables where table_schema = 'public'`,
      );
      const counts = tables.map(({ name }) =>
        world.db.query<{ n: string }[]>(`select '${name}' as name, count(*) as n from "${name}"`),
      );
      return Promise.all(counts);
    };
    const { user } = world.neighbours.personWithOtp('nora');
    const before = await rows();
    const calls = world.bus.calls.length;
    await ask(realm, { userId: user.id, fails: ['auth-otp-form'] });
    expect(await rows()).toEqual(before);
    expect(world.bus.calls.slice(calls)).toEqual(['flows.simulate', 'users.get', 'credentials.has']);
  });
});

describe('a simulation and a login', () => {
  type Drawn = { requirement: Requirement; provider: string } | { requirement: Requirement; steps: Drawn[] };
  const requirement = fc.constantFrom<Requirement[]>('REQUIRED', 'ALTERNATIVE', 'DISABLED');
  const leaf = fc.record({
    requirement,
    provider: fc.constantFrom(
      ...['auth-cookie', 'auth-username-password-form', 'auth-username-form', 'auth-password-form'],
      ...['auth-otp-form', 'allow-access-authenticator', 'deny-access-authenticator'],
      ...['conditional-user-configured', 'conditional-user-role', 'conditional-credential'],
      ...['conditional-level-of-authentication', 'conditional-client-scope'],
    ),
  });
  const subFlow = fc.record({
    requirement: fc.constantFrom<Requirement[]>('REQUIRED', 'ALTERNATIVE', 'CONDITIONAL', 'CONDITIONAL'),
    steps: fc.array(leaf, { maxLength: 4 }),
  });
  const drawn = fc.record({
    steps: fc.array(fc.oneof(leaf, leaf, subFlow), { minLength: 1, maxLength: 4 }),
    begins: fc.boolean(),
    otp: fc.boolean(),
    staff: fc.boolean(),
    busy: fc.boolean(),
    /** Signed in, and with which level kept. */
    session: fc.option(fc.constantFrom<Record<string, number>>({}, { 1: 60 }, { 1: 60, 2: 60 }), {
      nil: undefined,
    }),
    wanted: fc.constantFrom({}, { level: 1 }, { level: 2, scopes: ['phone'] }, { level: 2, mustReach: 2 }),
    fails: fc.option(fc.constantFrom('auth-username-password-form', 'auth-otp-form', 'auth-password-form'), {
      nil: undefined,
    }),
  });

  const condition = {
    'conditional-user-role': { condUserRole: 'staff' },
    'conditional-credential': { credentials: 'otp' },
    'conditional-client-scope': { client_scope: 'phone' },
  };

  /** The levels of a flow go up, from its beginning. */
  let levels = 0;

  async function draw(admin: ReturnType<typeof flowAdministrator>, parentFlow: string, steps: Drawn[]) {
    for (const [i, step] of steps.entries()) {
      const place = { parentFlow, requirement: step.requirement, priority: i };
      if ('provider' in step) {
        const { id } = await admin.step({ ...place, authenticator: step.provider });
        const config =
          step.provider === 'conditional-level-of-authentication'
            ? { 'loa-condition-level': String(++levels) }
            : condition[step.provider as keyof typeof condition];
        if (config) await admin.configure(id, id, config);
      } else {
        const { id: flowId } = await admin.create(`sub ${Math.random()}`, { topLevel: false });
        await admin.step({ ...place, flowId });
        await draw(admin, flowId, step.steps);
      }
    }
  }

  it('agree on every page, on what has to be done first, and on how it ends', async () => {
    let round = 0;
    await fc.assert(
      fc.asyncProperty(drawn, async ({ steps, begins, otp, staff, busy, fails, session, wanted }) => {
        const browser = world.browser();
        const admin = flowAdministrator(world, () => browser.realm.id);
        const { id } = await admin.create('drawn');
        const login: Drawn = { requirement: 'REQUIRED', provider: 'auth-username-password-form' };
        levels = 0;
        await draw(admin, id, begins ? [login, ...steps] : steps);
        const name = `user${++round}`;
        const { user } = otp ? world.neighbours.personWithOtp(name) : world.neighbours.person(name);
        Object.assign(user, {
          roles: staff ? ['staff'] : [],
          requiredActions: busy ? ['UPDATE_PASSWORD'] : [],
        });
        const failing = (await admin.rows('drawn')).filter(({ providerId }) => providerId === fails);
        const wrong = failing.map((row) => row.id);

        const simulated = await ask(browser.realm, {
          ...{ alias: 'drawn', userId: user.id, fails: wrong, wanted },
          ...(session ? { session: { age: 60, levels: session } } : {}),
        });
        if (session) {
          const then = world.clock.now().getTime() / 1000 - 60;
          const kept = Object.fromEntries(Object.keys(session).map((level) => [level, then]));
          browser.session = { id: randomUUID(), userId: user.id, authTime: then, amr: ['pwd'], levels: kept };
        }
        const real: { pages: string[]; end: string } = { pages: [], end: '' };
        let step: LoginStep = await browser.open('browser', { overrides: { browser: id }, wanted });
        while (step.kind === 'form') {
          const { execution, form } = step;
          real.pages.push(execution);
          const right = !wrong.includes(execution);
          world.neighbours.attempts.clear();
          step = await browser.send({
            ...{
              username: name,
              password: right ? `${name}-password` : 'wrong',
              otp: right ? CODE : '654321',
              // What required actions ask for.
              ...{ totp: CODE, 'password-new': 'another-password', 'password-confirm': 'another-password' },
            },
          });
          if (step.kind === 'form' && step.execution === execution && step.form.page === form.page) break;
        }
        expect(simulated.pages.map(({ execution }) => execution)).toEqual(real.pages);
        const end = { form: 'waits', done: 'signed_in' }[step.kind as 'form' | 'done'] ?? 'refused';
        expect(simulated.outcome.kind).toBe(end);
        if (step.kind === 'done') {
          const { amr, level } = step.finished;
          expect(simulated.outcome).toMatchObject({ amr, level });
        }
      }),
      { numRuns: 60 },
    );
  }, 120_000);
});
