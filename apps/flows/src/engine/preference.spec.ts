import { expect, it } from 'vitest';
import { flow, somebody, step, sub } from '../testing/flows.js';
import type { Facts } from './facts.js';
import type { Flow } from './flow.js';
import { walk } from './walk.js';

const password = step('ALTERNATIVE', 'auth-password-form');
const otp = step('ALTERNATIVE', 'auth-otp-form');
const codes = step('ALTERNATIVE', 'auth-recovery-authn-code-form');

interface Case {
  what: string;
  flow: Flow;
  facts: Facts;
  first: { id: string };
}

// keycloak.md §2.6
it.each<Case>([
  {
    what: 'come in the order in which the user prefers the credentials',
    flow: flow('f', password, otp),
    facts: somebody(['otp', 'password']),
    first: otp,
  },
  {
    what: 'keep the order of the flow where the user prefers nothing',
    flow: flow('f', password, otp),
    facts: somebody(['password', 'otp']),
    first: password,
  },
  {
    what: 'have recovery codes last, also where they are older than the app (keycloak#44115)',
    flow: flow('f', codes, otp),
    facts: somebody(['recovery-authn-codes', 'otp']),
    first: otp,
  },
  {
    what: 'begin with the one that the user chose',
    flow: flow('f', otp, codes),
    facts: somebody(['otp', 'recovery-authn-codes'], { chosen: codes.id }),
    first: codes,
  },
  {
    what: 'begin with the sub-flow that holds the step that the user chose',
    flow: flow('f', otp, sub('ALTERNATIVE', 's', codes)),
    facts: somebody(['otp', 'recovery-authn-codes'], { chosen: codes.id }),
    first: codes,
  },
])('ALTERNATIVEs $what', ({ flow, facts, first }) => {
  expect(walk(flow, {}, facts).next).toMatchObject({ kind: 'run', step: { id: first.id } });
});
