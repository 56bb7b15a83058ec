import { describe, expect, it } from 'vitest';
import { always, asking, flow, somebody, step, sub, user } from '../testing/flows.js';
import { NOBODY, type Facts } from './facts.js';
import type { Flow } from './flow.js';
import { walk, type Status } from './walk.js';

const A = step('REQUIRED', asking('a'));
const B = step('REQUIRED', asking('b'));
const one = step('ALTERNATIVE', asking('one'));
const two = step('ALTERNATIVE', asking('two'));
const otp = step('ALTERNATIVE', 'auth-otp-form');
const otpRequired = step('REQUIRED', 'auth-otp-form');
const configured = step('REQUIRED', 'conditional-user-configured');
const webauthn = step('ALTERNATIVE', 'webauthn-authenticator');
const yes = step('REQUIRED', always(true));
const no = step('REQUIRED', always(false));

type Happened = [step: { id: string }, became: Status];

/** In one line: the id of the step that is next, or the end. */
function next(flow: Flow, facts: Facts = NOBODY, happened: Happened[] = []): string {
  const { next } = walk(flow, Object.fromEntries(happened.map(([{ id }, status]) => [id, status])), facts);
  if (next.kind === 'run') return next.step.id;
  return next.kind === 'passed' ? 'passed' : next.reason;
}

const passed = (...steps: { id: string }[]): Happened[] => steps.map((step) => [step, 'passed']);
const attempted = (step: { id: string }): Happened => [step, 'attempted'];

interface Case {
  what: string;
  flow: Flow;
  facts?: Facts;
  happened?: Happened[];
  next: string;
}

function table(cases: Case[]): void {
  it.each(cases)('$what', ({ flow, facts, happened, next: expected }) => {
    expect(next(flow, facts, happened)).toBe(expected);
  });
}

describe('REQUIRED steps', () => {
  const both = flow('f', A, B);
  table([
    { what: 'are taken in order: the first one first', flow: both, next: A.id },
    { what: 'are taken in order: then the second one', flow: both, happened: passed(A), next: B.id },
    { what: 'pass the flow when all have passed', flow: both, happened: passed(A, B), next: 'passed' },
    {
      what: 'end the login when one has nothing to say',
      flow: both,
      happened: [attempted(A)],
      next: 'invalid_credentials',
    },
    {
      what: 'silence the ALTERNATIVEs beside them (gotcha 1)',
      flow: flow('f', one, A),
      happened: passed(A),
      next: 'passed',
    },
    {
      what: 'are not replaced by an ALTERNATIVE that has passed',
      flow: flow('f', one, A),
      happened: passed(one),
      next: A.id,
    },
    {
      what: 'of a kind that is not supported are not passed over',
      flow: flow('f', step('REQUIRED', webauthn.authenticator)),
      next: 'unsupported',
    },
    {
      what: 'that need a user do not begin without one',
      flow: flow('f', otpRequired),
      next: 'unknown_user',
    },
  ]);
});

describe('ALTERNATIVE steps', () => {
  const either = flow('f', one, two);
  table([
    { what: 'are tried in order', flow: either, next: one.id },
    {
      what: 'give way to the next when they have nothing to say',
      flow: either,
      happened: [attempted(one)],
      next: two.id,
    },
    {
      what: 'pass the level when one has passed, the last as well as the first',
      flow: either,
      happened: passed(two),
      next: 'passed',
    },
    {
      what: 'fail the level when none is left',
      flow: either,
      happened: [attempted(one), attempted(two)],
      next: 'invalid_credentials',
    },
    {
      what: 'that the user has not set up are passed over (gotcha 4)',
      flow: flow('f', otp, one),
      facts: somebody(['password']),
      next: one.id,
    },
    {
      what: 'that nobody has set up say so when nothing else is left (gotcha 4)',
      flow: flow('f', otp),
      facts: somebody(['password']),
      next: 'credential_setup_required',
    },
    { what: 'of a kind that is not supported are left out', flow: flow('f', webauthn, one), next: one.id },
    {
      what: 'that are DISABLED are not there',
      flow: flow('f', { ...one, requirement: 'DISABLED' }, two),
      next: two.id,
    },
    {
      what: 'hold sub-flows too: a failing one gives way to the next',
      flow: flow('f', sub('ALTERNATIVE', 's', otpRequired), one),
      next: one.id,
    },
  ]);
});

describe('a CONDITIONAL sub-flow', () => {
  const conditional = (...steps: Parameters<typeof sub>[2][]) => sub('CONDITIONAL', 's', ...steps);
  table([
    {
      what: 'is taken like a REQUIRED one when its condition holds',
      flow: flow('f', A, conditional(yes, B)),
      happened: passed(A),
      next: B.id,
    },
    {
      what: 'is not there when it does not',
      flow: flow('f', A, conditional(no, B)),
      happened: passed(A),
      next: 'passed',
    },
    {
      what: 'is off without a condition (gotcha 2)',
      flow: flow('f', A, conditional(B)),
      happened: passed(A),
      next: 'passed',
    },
    {
      what: 'is off when its only condition is DISABLED (gotcha 2)',
      flow: flow('f', A, conditional({ ...yes, requirement: 'DISABLED' }, B)),
      happened: passed(A),
      next: 'passed',
    },
    {
      what: 'needs all of its conditions (gotcha 2)',
      flow: flow('f', A, conditional(yes, no, B)),
      happened: passed(A),
      next: 'passed',
    },
    {
      what: 'finds its conditions in any position',
      flow: flow('f', A, conditional(B, no)),
      happened: passed(A),
      next: 'passed',
    },
    {
      what: 'silences the ALTERNATIVEs beside it even when it is off (gotcha 1): nobody gets in for nothing',
      flow: flow('f', one, conditional(no, B)),
      next: 'invalid_credentials',
    },
    {
      what: 'that was passed stays passed when its condition has changed since',
      flow: flow('f', conditional(no, B)),
      happened: [[{ id: 'execution of s' }, 'passed']],
      next: 'passed',
    },
  ]);

  it('ignores a condition that stands in a sub-flow of another kind (gotcha 2)', () => {
    expect(next(flow('f', sub('REQUIRED', 's', no, B)))).toBe(B.id);
    expect(next(flow('f', sub('ALTERNATIVE', 's', no, B)))).toBe(B.id);
  });
});

describe('a step that the user has not set up', () => {
  it('is asked for as a required action of this login where it is REQUIRED (gotcha 4)', () => {
    const { next, setUps, statuses } = walk(flow('f', otpRequired), {}, somebody(['password']));
    expect(next.kind).toBe('passed');
    expect(setUps).toEqual(['CONFIGURE_TOTP']);
    expect(statuses[otpRequired.id]).toBe('setup_required');
  });

  it('ends the login where the realm does not enable that action', () => {
    expect(next(flow('f', otpRequired), somebody(['password'], { actions: [] }))).toBe(
      'credential_setup_required',
    );
  });

  it('is not asked for again by the flow, once it has been set up at the end of the login', () => {
    const f = flow('f', otpRequired);
    const { statuses } = walk(f, {}, somebody(['password']));
    const later = walk(f, statuses, somebody(['password', 'otp']));
    expect(later.next.kind).toBe('passed');
    expect(later.setUps).toEqual([]);
  });
});

describe('second factors as the manual sets them up (§2.7)', () => {
  const second = (requirement: 'CONDITIONAL' | 'REQUIRED', ...steps: Parameters<typeof sub>[2][]) =>
    flow('f', A, sub(requirement, '2fa', ...steps));
  const none = somebody(['password']);
  const owner = somebody(['password', 'otp']);
  table([
    {
      what: 'are skipped by those who have none',
      flow: second('CONDITIONAL', configured, otp, webauthn),
      facts: none,
      happened: passed(A),
      next: 'passed',
    },
    {
      what: 'are asked of those who have one',
      flow: second('CONDITIONAL', configured, otp, webauthn),
      facts: owner,
      happened: passed(A),
      next: otp.id,
    },
    {
      what: 'are refused to those who have none, where one of several is REQUIRED',
      flow: second('REQUIRED', otp, webauthn),
      facts: none,
      happened: passed(A),
      next: 'credential_setup_required',
    },
    {
      what: 'are forced on those who have none, where a sub-flow of one REQUIRED step stands among the ALTERNATIVEs',
      flow: second('REQUIRED', sub('ALTERNATIVE', 'only otp', otpRequired), webauthn),
      facts: none,
      happened: passed(A),
      next: 'passed',
    },
  ]);

  const recipe = flow(
    'f',
    A,
    sub('CONDITIONAL', '2fa', configured, otp),
    sub(
      'CONDITIONAL',
      'no 2fa',
      step('REQUIRED', 'conditional-sub-flow-executed', {
        flow_to_check: '2fa',
        check_result: 'not-executed',
      }),
      step('REQUIRED', 'deny-access-authenticator'),
    ),
  );
  const deny = (recipe.steps[2] as ReturnType<typeof sub>).flow.steps[1]!;
  table([
    {
      what: 'can be demanded by a second sub-flow: whoever has none is denied',
      flow: recipe,
      facts: none,
      happened: passed(A),
      next: deny.id,
    },
    {
      what: 'can be demanded by a second sub-flow: whoever has one is asked',
      flow: recipe,
      facts: owner,
      happened: passed(A),
      next: otp.id,
    },
    {
      what: 'can be demanded by a second sub-flow: whoever has given it is through',
      flow: recipe,
      facts: owner,
      happened: passed(A, otp),
      next: 'passed',
    },
  ]);
});

describe('conditions', () => {
  const guarded = (condition: string, config: Record<string, string> = {}) =>
    flow('f', A, sub('CONDITIONAL', 's', step('REQUIRED', condition, config), B));
  const holds = (condition: string, config: Record<string, string>, facts: Facts): boolean =>
    next(guarded(condition, config), facts, passed(A)) === B.id;
  const ann = somebody(['password'], {
    user: user({
      roles: ['admin', 'shop.buyer'],
      attributes: { team: ['red', 'blue'] },
      email: 'ann@example.org',
    }),
    used: ['password'],
    scopes: ['email', 'payments'],
  });

  it.each([
    ['conditional-user-role', { condUserRole: 'admin' }, true],
    ['conditional-user-role', { condUserRole: 'shop.buyer' }, true],
    ['conditional-user-role', { condUserRole: 'buyer' }, false],
    ['conditional-user-role', { condUserRole: 'admin', negate: 'true' }, false],
    ['conditional-user-role', { condUserRole: 'other', negate: 'true' }, true],
    ['conditional-user-attribute', { attribute_name: 'team', attribute_expected_value: 'blue' }, true],
    ['conditional-user-attribute', { attribute_name: 'team', attribute_expected_value: 'green' }, false],
    [
      'conditional-user-attribute',
      { attribute_name: 'team', attribute_expected_value: 'green', not: 'true' },
      true,
    ],
    [
      'conditional-user-attribute',
      { attribute_name: 'email', attribute_expected_value: 'ann@example.org' },
      true,
    ],
    ['conditional-user-attribute', { attribute_name: 'constructor', attribute_expected_value: 'x' }, false],
    ['conditional-credential', { credentials: 'password', included: 'true' }, true],
    ['conditional-credential', { credentials: 'otp##password', included: 'true' }, true],
    ['conditional-credential', { credentials: 'otp', included: 'true' }, false],
    ['conditional-credential', { credentials: 'webauthn-passwordless' }, true],
    ['conditional-credential', { credentials: 'password' }, false],
    ['conditional-credential', { credentials: 'none', included: 'true' }, false],
    ['conditional-client-scope', { client_scope: 'payments' }, true],
    ['conditional-client-scope', { client_scope: 'payments', negate: 'true' }, false],
    ['conditional-client-scope', { client_scope: 'other' }, false],
    ['conditional-client-scope', { client_scope: 'other', negate: 'true' }, true],
    ['conditional-client-scope', { negate: 'true' }, false],
    ['conditional-sub-flow-executed', { flow_to_check: 'nowhere', check_result: 'not-executed' }, false],
    ['conditional-sub-flow-executed', { flow_to_check: 's' }, false],
  ])('%s %j answers %s', (condition, config, expected) => {
    expect(holds(condition, config, ann)).toBe(expected);
  });

  it.each(['conditional-user-role', 'conditional-user-attribute', 'conditional-user-configured'])(
    '%s holds of nobody, turned round or not',
    (condition) => {
      expect(holds(condition, { negate: 'true', not: 'true' }, NOBODY)).toBe(false);
    },
  );

  it('user configured asks for all of the REQUIRED steps beside it, and ignores the ALTERNATIVEs then (§2.11)', () => {
    const both = flow(
      'f',
      A,
      sub('CONDITIONAL', 's', configured, otpRequired, step('REQUIRED', 'auth-password-form'), one),
    );
    expect(next(both, somebody(['otp']), passed(A))).toBe('passed');
    expect(next(both, somebody(['otp', 'password']), passed(A))).toBe(otpRequired.id);
  });
});

describe('the trace', () => {
  it('tells what every condition said, and why', () => {
    const f = flow('f', A, sub('CONDITIONAL', '2fa', configured, yes, otp));
    const { trace } = walk(f, { [A.id]: 'passed' }, somebody(['password']));
    expect(trace).toEqual([
      {
        step: configured.id,
        name: 'conditional-user-configured',
        decided: 'condition false',
        why: 'none is set up: auth-otp-form',
      },
      { step: yes.id, name: 'always true', decided: 'condition true', why: 'always' },
      { step: 'execution of 2fa', name: '2fa', decided: 'sub-flow off' },
    ]);
  });

  it('tells which steps had no part, and why', () => {
    const { trace } = walk(flow('f', one, webauthn, A), {}, NOBODY);
    expect(trace).toEqual([
      { step: webauthn.id, name: 'webauthn-authenticator', decided: 'left out', why: 'unsupported' },
      { step: one.id, name: 'one', decided: 'left out', why: 'beside a REQUIRED or CONDITIONAL step' },
      { step: A.id, name: 'a', decided: 'run' },
    ]);
  });
});

it('walks no login through a flow without steps', () => {
  expect(next(flow('empty'))).toBe('invalid_credentials');
  expect(next(flow('f', A, sub('REQUIRED', 'empty')), NOBODY, passed(A))).toBe('invalid_credentials');
});
