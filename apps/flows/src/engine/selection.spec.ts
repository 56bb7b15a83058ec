import { describe, expect, it } from 'vitest';
import { always, asking, flow, somebody, step, sub, user } from '../testing/flows.js';
import { NOBODY, type Facts } from './facts.js';
import type { Flow } from './flow.js';
import { selection } from './selection.js';
import type { Status } from './walk.js';

const password = step('ALTERNATIVE', 'auth-password-form');
const otp = step('ALTERNATIVE', 'auth-otp-form');
const codes = step('ALTERNATIVE', 'auth-recovery-authn-code-form');
const passwordRequired = step('REQUIRED', 'auth-password-form');
const otpRequired = step('REQUIRED', 'auth-otp-form');
const free = step('ALTERNATIVE', asking('free'));
const yes = step('REQUIRED', always(true));
const no = step('REQUIRED', always(false));
const name = step('REQUIRED', asking('name'));
const all = somebody(['password', 'otp', 'recovery-authn-codes']);

interface Case {
  what: string;
  flow: Flow;
  at: { id: string };
  facts?: Facts;
  happened?: Record<string, Status>;
  offered: { id: string }[];
}

// keycloak.md §2.6, with the examples of its tests.
describe('instead of the step that the login waits at, a user may choose', () => {
  it.each<Case>([
    {
      what: 'each ALTERNATIVE that the user has set up',
      flow: flow('f', sub('REQUIRED', 's', password, otp, codes)),
      at: password,
      facts: somebody(['password', 'otp']),
      offered: [password, otp],
    },
    {
      what: 'first what the user prefers, but recovery codes last',
      flow: flow('f', free, password, otp, codes),
      at: otp,
      facts: somebody(['recovery-authn-codes', 'otp', 'password']),
      offered: [otp, password, codes, free],
    },
    {
      what: 'an ALTERNATIVE sub-flow by its first step',
      flow: flow('f', password, sub('ALTERNATIVE', 's', otpRequired)),
      at: otpRequired,
      facts: all,
      offered: [password, otpRequired],
    },
    {
      what: 'nothing else at the first step of a sub-flow whose neighbours are not set up',
      flow: flow('f', otp, sub('ALTERNATIVE', 's', passwordRequired, codes)),
      at: passwordRequired,
      facts: somebody(['password']),
      offered: [passwordRequired],
    },
    {
      what: 'nothing else at a later step, which is a consequence of the first',
      flow: flow('f', codes, sub('ALTERNATIVE', 's', passwordRequired, otpRequired)),
      at: otpRequired,
      facts: all,
      happened: { [passwordRequired.id]: 'passed' },
      offered: [otpRequired],
    },
    {
      what: 'among second factors only, when the first one was given',
      flow: flow('f', free, sub('ALTERNATIVE', 's', name, sub('CONDITIONAL', '2fa', yes, otp, codes))),
      at: otp,
      facts: all,
      happened: { [name.id]: 'passed' },
      offered: [otp, codes],
    },
    {
      what: 'the step behind a sub-flow that does not apply',
      flow: flow('f', free, sub('ALTERNATIVE', 's', sub('CONDITIONAL', 'off', no, otp), passwordRequired)),
      at: free,
      facts: all,
      offered: [passwordRequired, free],
    },
    {
      what: 'nothing that is DISABLED, or had nothing to say',
      flow: flow('f', free, { ...otp, requirement: 'DISABLED' }, password),
      at: password,
      facts: all,
      happened: { [free.id]: 'attempted' },
      offered: [password],
    },
    {
      what: 'nothing that needs to know the user, before the user is known',
      flow: flow('f', free, password),
      at: free,
      facts: NOBODY,
      offered: [free],
    },
    {
      what: 'nothing at a step that is not in the flow',
      flow: flow('f', free),
      at: { id: 'gone' },
      facts: { ...NOBODY, user: user() },
      offered: [],
    },
  ])('$what', ({ flow, at, facts = NOBODY, happened = {}, offered }) => {
    expect(selection(flow, happened, facts, at.id).map(({ id }) => id)).toEqual(offered.map(({ id }) => id));
  });
});
