import { CREDENTIAL_TYPES } from '@tumbler/contract-credentials';
import { REQUIREMENTS, type Requirement } from '@tumbler/contract-flows';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import type { Authenticator } from '../authenticators/authenticator.js';
import { always, asking, authenticator, user } from '../testing/flows.js';
import { NOBODY, type Facts } from './facts.js';
import type { Flow, Step } from './flow.js';
import { walk, type Status, type Statuses } from './walk.js';
import { walkByTheBook } from './walk.oracle.js';

/** A flow before its steps have ids. */
type Sketch = { requirement: Requirement } & (
  { authenticator: Authenticator; config: Record<string, string> } | { steps: Sketch[] }
);

const STEPS: Authenticator[] = [
  asking('free'),
  asking('password', { needsUser: true, credentialType: 'password' }),
  asking('otp', { needsUser: true, credentialType: 'otp', setUpBy: 'CONFIGURE_TOTP' }),
  asking('codes', { needsUser: true, credentialType: 'recovery-authn-codes' }),
  authenticator('webauthn-authenticator'),
];
const CONDITIONS: Authenticator[] = [
  always(true),
  always(false),
  authenticator('conditional-user-configured'),
  authenticator('conditional-sub-flow-executed'),
  authenticator('conditional-credential'),
];

const requirement = fc.constantFrom(...REQUIREMENTS);
const configs = fc.constantFrom<Record<string, string>>(
  {},
  { flow_to_check: 'sub-flow 1', check_result: 'not-executed' },
  { flow_to_check: 'sub-flow 2' },
  { credentials: 'password##otp', included: 'true' },
  { credentials: 'otp' },
);
const leaf = fc.record({ requirement, authenticator: fc.constantFrom(...STEPS), config: fc.constant({}) });
const condition = fc.record({
  requirement: fc.constantFrom<Requirement>('REQUIRED', 'DISABLED'),
  authenticator: fc.constantFrom(...CONDITIONS),
  config: configs,
});
const { steps: sketches } = fc.letrec<{ steps: Sketch[]; sub: Sketch }>((tie) => ({
  sub: fc.record({ requirement, steps: tie('steps') }),
  steps: fc.array(
    fc.oneof(
      { depthSize: 'small', withCrossShrink: true },
      { arbitrary: leaf, weight: 4 },
      { arbitrary: condition, weight: 2 },
      { arbitrary: tie('sub'), weight: 3 },
    ),
    { maxLength: 4 },
  ),
}));

function build(sketch: Sketch[]): Flow {
  let subFlows = 0;
  let executions = 0;
  const steps = (sketched: Sketch[]): Step[] =>
    sketched.map((one): Step => {
      const id = `execution ${++executions}`;
      if (!('steps' in one)) return { kind: 'leaf', id, ...one };
      const alias = `sub-flow ${++subFlows}`;
      return {
        kind: 'flow',
        id,
        requirement: one.requirement,
        flow: { id: alias, alias, steps: steps(one.steps) },
      };
    });
  return { id: 'top', alias: 'top', steps: steps(sketch) };
}

const facts: fc.Arbitrary<Facts> = fc
  .record({
    known: fc.boolean(),
    types: fc.shuffledSubarray([...CREDENTIAL_TYPES]),
    enabled: fc.boolean(),
    chosen: fc.option(fc.integer({ min: 1, max: 20 }), { nil: undefined }),
  })
  .map(({ known, types, enabled, chosen }) => ({
    ...NOBODY,
    ...(chosen ? { chosen: `execution ${chosen}` } : {}),
    ...(known ? { user: user(), credentials: types.map((type) => ({ id: type, type })) } : {}),
    actions: enabled ? [{ alias: 'CONFIGURE_TOTP', providerId: 'CONFIGURE_TOTP' }] : [],
  }));

/** What the user does when a step is run: prove something, or have nothing to say; and whether the login learns who it is. */
const deeds = fc.array(fc.record({ passes: fc.boolean(), learns: fc.boolean() }), {
  minLength: 12,
  maxLength: 12,
});

it('walks every flow as the rules of Keycloak, written down once more, do', () => {
  fc.assert(
    fc.property(sketches, facts, deeds, (sketch, before, deeds) => {
      const flow = build(sketch);
      let known = before;
      let statuses: Statuses = {};
      const marks = new Map<string, Status>();
      for (const { passes, learns } of deeds) {
        const walked = walk(flow, statuses, known);
        const { next } = walked;
        const ours = next.kind === 'run' ? next.step.id : next.kind === 'passed' ? 'passed' : next.reason;
        expect(ours).toBe(walkByTheBook(flow, marks, known));
        expect(walked.statuses).toEqual(Object.fromEntries(marks));
        if (next.kind !== 'run') return;

        const became = passes ? 'passed' : 'attempted';
        statuses = { ...walked.statuses, [next.step.id]: became };
        marks.set(next.step.id, became);
        if (learns) known = { ...known, user: user(), used: ['password'] };
      }
    }),
    { numRuns: 3_000 },
  );
});

it('is passed by nobody who has been asked for nothing', () => {
  fc.assert(
    fc.property(sketches, facts, (sketch, known) => {
      const { next, setUps } = walk(build(sketch), {}, known);
      if (next.kind === 'passed') expect(setUps).not.toEqual([]);
    }),
    { numRuns: 2_000 },
  );
});
