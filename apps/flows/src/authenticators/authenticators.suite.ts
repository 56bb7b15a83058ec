import { LocalBus } from '@tumbler/bus';
import { credentials, type PasswordSet, type Verified } from '@tumbler/contract-credentials';
import { users } from '@tumbler/contract-users';
import { describe, expect, it } from 'vitest';
import { NOBODY, type Facts } from '../engine/facts.js';
import { flow, somebody } from '../testing/flows.js';
import { describesForm } from '../testing/forms.js';
import type { Asks, Authenticator, Condition, Decides, Input, Turn } from './authenticator.js';

/** What every authenticator promises, whatever else it does. Run it for one of your own as well. */
export function authenticatorSuite(authenticator: Authenticator): void {
  describe(authenticator.id, () => {
    it('says what it is, and which requirements it can have', () => {
      expect(authenticator.displayName).not.toBe('');
      expect(authenticator.description).not.toBe('');
      expect(authenticator.choices).not.toContain('CONDITIONAL');
      expect(authenticator.choices).toContain(authenticator.kind === 'condition' ? 'DISABLED' : 'REQUIRED');
    });

    if (authenticator.kind === 'asks') asks(authenticator);
    if (authenticator.kind === 'decides') decides(authenticator);
    if (authenticator.kind === 'condition') condition(authenticator);
  });
}

function asks(authenticator: Asks): void {
  it('shows a form that can be sent', async () => {
    describesForm(await authenticator.ask(turnOf(authenticator)));
  });

  it.each<Input>([{}, { username: '', password: '', otp: '' }, { username: 'x', password: 'x', otp: 'x' }])(
    'lets nobody pass who proves nothing: %j',
    async (input) => {
      const outcome = await authenticator.answer(turnOf(authenticator), input);
      if (outcome.kind === 'refused') return describesForm(outcome.form);
      // Passed is what asks for no proof; then nobody is known by it.
      for (const known of ['proved', 'found', 'session']) expect(outcome).not.toHaveProperty(known);
    },
  );

  it('is not ready for a user who has nothing, if it needs anything', () => {
    // Whoever settles it by itself says so there, with the configuration at hand.
    if (authenticator.credentialType && !authenticator.settles)
      expect(authenticator.ready(somebody([]))).toBe(false);
  });
}

function decides(authenticator: Decides): void {
  it('takes nothing for proven that was not brought', async () => {
    const outcome = await authenticator.decide(turnOf(authenticator));
    expect(outcome).not.toHaveProperty('proved');
    expect(outcome).not.toHaveProperty('session');
  });
}

function condition(authenticator: Condition): void {
  const ask = (facts: Facts) =>
    authenticator.holds({
      facts: Object.freeze(facts),
      statuses: Object.freeze({}),
      flow: flow('f'),
      level: flow('level'),
      config: Object.freeze({}),
    });

  it('answers the same question alike, with a reason, and without a configuration', () => {
    for (const facts of [NOBODY, somebody(['password', 'otp'])]) {
      expect(ask(facts)).toEqual(ask(facts));
      expect(ask(facts).why).not.toBe('');
    }
  });
}

/** A turn among neighbours who confirm nothing. */
function turnOf(authenticator: Authenticator): Turn {
  const bus = new LocalBus()
    .stub(users.identify, () => ({ user: null, actions: [] }))
    .stub(users.userProfile, () => ({ attributes: [] }))
    .stub(credentials.setPassword, (): PasswordSet => ({
      kind: 'refused',
      key: 'invalidPasswordGenericMessage',
      params: [],
    }))
    .stub(credentials.verify, (): Verified => ({ verdict: 'wrong', has: [] }));
  return {
    login: {
      id: '5f3d7c5e-53a2-4a5e-8f0e-0a4b6d1d7a11',
      kind: 'browser',
      clientId: 'account',
      visitor: {},
      realm: {
        id: '0f3d7c5e-53a2-4a5e-8f0e-0a4b6d1d7a11',
        name: 'acme',
        registrationAllowed: true,
        registrationEmailAsUsername: false,
        resetPasswordAllowed: false,
        rememberMe: true,
        loginWithEmailAllowed: true,
        verifyEmail: false,
        loginLifespan: 1800,
        actionLifespan: 300,
      },
    },
    facts:
      'needsUser' in authenticator && authenticator.needsUser
        ? somebody(authenticator.credentialType ? [authenticator.credentialType] : [])
        : NOBODY,
    step: {
      kind: 'leaf',
      id: 'step',
      requirement: 'REQUIRED',
      authenticator,
      config: {},
      parts: ['registration-user-creation', 'registration-password-action'].map((providerId) => ({
        id: providerId,
        requirement: 'REQUIRED',
        providerId,
      })),
    },
    bus,
    flow: flow('f'),
    statuses: {},
    query: {},
    attempt: (...input) => input.join(' '),
    now: 1_770_000_000,
  };
}
