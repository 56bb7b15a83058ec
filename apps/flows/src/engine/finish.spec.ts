import { readdir, readFile } from 'node:fs/promises';
import { describe, expect, it } from 'vitest';
import type { LoginInfo } from '../authenticators/authenticator.js';
import { RequiredActions } from '../required-actions/index.js';
import { flow, user } from '../testing/flows.js';
import { finish } from './finish.js';
import { NO_PROGRESS, type Progress } from './progress.js';

const now = Date.parse('2026-03-04T05:06:07Z') / 1000;
const login: LoginInfo = {
  id: 'login',
  kind: 'browser',
  clientId: 'account',
  visitor: {},
  realm: {
    id: 'realm',
    name: 'acme',
    registrationAllowed: false,
    registrationEmailAsUsername: false,
    resetPasswordAllowed: false,
    rememberMe: false,
    loginWithEmailAllowed: true,
    verifyEmail: false,
    loginLifespan: 1800,
    actionLifespan: 300,
  },
};
const f = flow('f');
const complete: Progress = {
  ...NO_PROGRESS,
  statuses: { [f.id]: 'passed' },
  user: user(),
  actions: [{ alias: 'CONFIGURE_TOTP', providerId: 'CONFIGURE_TOTP' }],
  proofs: [{ type: 'password', amr: 'pwd' }],
};
const session = { id: 'session', userId: user().id, authTime: 1_700_000_000, amr: ['pwd', 'otp'] };
const end = (progress: Partial<Progress>) =>
  finish({ login, flow: f, progress: { ...complete, ...progress }, actions: new RequiredActions(), now });

describe('the end of a login', () => {
  it('is reached when everything that was asked was given', () => {
    expect(end({})).toEqual({
      kind: 'done',
      finished: {
        userId: user().id,
        username: 'ann',
        clientId: 'account',
        authTime: now,
        amr: ['pwd'],
        level: 1,
        rememberMe: false,
      },
    });
  });

  it('goes on with the session that let the user in, as old as it is', () => {
    expect(end({ proofs: [], session })).toMatchObject({
      kind: 'done',
      finished: { sessionId: 'session', authTime: 1_700_000_000, amr: ['pwd', 'otp', 'mfa'] },
    });
  });

  it('raises a session by what was proven on top of it (RFC 8176: several factors are `mfa`)', () => {
    const brought = { ...session, amr: ['pwd'] };
    expect(end({ proofs: [{ type: 'otp', amr: 'otp' }], session: brought })).toMatchObject({
      finished: { sessionId: 'session', raised: true, authTime: now, amr: ['pwd', 'otp', 'mfa'] },
    });
  });

  it('is level 1 of a flow that leads to none, and not reached by whom the application wants higher', () => {
    expect(end({ wanted: { level: 2 } })).toMatchObject({ finished: { level: 1 } });
    expect(end({ wanted: { level: 2, mustReach: 1 } })).toMatchObject({ finished: { level: 1 } });
    expect(end({ wanted: { level: 2, mustReach: 2 } })).toMatchObject({
      ...{ kind: 'failed', error: 'access_denied', text: { key: 'acrNotFulfilled' }, unmet: true },
    });
  });

  it.each<[string, Partial<Progress>, string]>([
    [
      'the session is void that a code was to raise',
      { proofs: [{ type: 'otp', amr: 'otp' }], session, user: user({ notBefore: 1_700_000_001 }) },
      'invalid_user_credentials',
    ],
    ['the flow was not passed', { statuses: {} }, 'invalid_user_credentials'],
    ['another flow was passed', { statuses: { other: 'passed' } }, 'invalid_user_credentials'],
    ['there is no user', { user: undefined }, 'user_not_found'],
    ['the user is disabled', { user: user({ enabled: false }) }, 'user_disabled'],
    ['nothing was proven', { proofs: [] }, 'invalid_user_credentials'],
    ['only a mailbox was', { proofs: [{ type: 'email' }] }, 'invalid_user_credentials'],
    [
      'the session is somebody else’s',
      { proofs: [], session: { ...session, userId: 'bob' } },
      'invalid_user_credentials',
    ],
    [
      'the session is void',
      { proofs: [], session, user: user({ notBefore: 1_700_000_001 }) },
      'invalid_user_credentials',
    ],
    [
      'the user has an action to do',
      { user: user({ requiredActions: ['CONFIGURE_TOTP'] }) },
      'resolve_required_actions',
    ],
    ['the login has an action to do', { sessionActions: ['CONFIGURE_TOTP'] }, 'resolve_required_actions'],
    [
      'a step was to be set up, and cannot be any more',
      { sessionActions: ['CONFIGURE_TOTP'], actions: [] },
      'invalid_user_credentials',
    ],
  ])('is not reached when %s', (_, progress, error) => {
    expect(end(progress)).toMatchObject({ kind: 'failed', error });
  });

  it.each(['reset-credentials', 'actions'] as const)(
    'is none that signs in, of a login for %s (C-07)',
    (kind) => {
      const errand = { ...login, kind };
      const ending = finish({
        login: errand,
        flow: f,
        progress: complete,
        actions: new RequiredActions(),
        now,
      });
      expect(ending).toMatchObject({ kind: 'failed', error: 'not_allowed' });
    },
  );

  it('remembers nobody in a realm that does not', () => {
    expect(end({ rememberMe: true })).toMatchObject({ finished: { rememberMe: false } });
  });
});

describe('every way out of a login', () => {
  async function sourcesWith(pattern: RegExp): Promise<string[]> {
    const root = new URL('..', import.meta.url);
    const files = (await readdir(root, { recursive: true })).filter(
      (file) => /\.ts$/.test(file) && !/\.(spec|suite|oracle)\.ts$|^testing\//.test(file),
    );
    const texts = await Promise.all(files.map((file) => readFile(new URL(file, root), 'utf8')));
    return files.filter((_, i) => pattern.test(texts[i]!)).sort();
  }

  it('goes through `finish`, which one place calls (mistakes.md: second factor attached to endpoints)', async () => {
    expect(await sourcesWith(/(?<!function )\bfinish\(/)).toEqual(['engine/flow-runner.ts']);
  });

  it('makes a finished login in one place, beside the one that is none', async () => {
    expect(await sourcesWith(/authTime:/)).toEqual([
      'engine/finish.ts',
      // An administrator comes as a user, who has proven nothing and is asked for nothing.
      'logins/impersonations.handlers.ts',
      // A session that is pretended goes into a simulation, and nowhere else.
      'simulation/simulation.handlers.ts',
    ]);
  });

  it('answers `done` in these places only', async () => {
    expect(await sourcesWith(/kind: 'done',\s+(login|sessionId|finished: \{)/)).toEqual([
      'engine/finish.ts',
      // Answers what the runner reached.
      'logins/grants.handlers.ts',
      // Answers again what was reached before.
      'logins/logins.handlers.ts',
      // Answers what the runner reached.
      'logins/moves.ts',
    ]);
  });
});
