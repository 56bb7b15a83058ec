import 'reflect-metadata';
import { flows } from '@tumbler/contract-flows';
import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Flow } from '../engine/flow.js';
import { flow, step, sub } from '../testing/flows.js';
import { flowAdministrator } from '../testing/flow-administrator.js';
import { World } from '../testing/world.js';
import { problems } from './problems.js';

const login = step('REQUIRED', 'auth-username-password-form');
const cookie = step('ALTERNATIVE', 'auth-cookie');
const otp = step('REQUIRED', 'auth-otp-form');
const perhapsOtp = step('ALTERNATIVE', 'auth-otp-form');
const configured = step('REQUIRED', 'conditional-user-configured');
const role = step('REQUIRED', 'conditional-user-role');
const level = (set?: string) =>
  step(
    'REQUIRED',
    'conditional-level-of-authentication',
    set === undefined ? {} : { 'loa-condition-level': set },
  );
const webauthn = (requirement: 'REQUIRED' | 'ALTERNATIVE') => step(requirement, 'webauthn-authenticator');
const deny = step('REQUIRED', 'deny-access-authenticator');
const off = step('DISABLED', 'auth-otp-form');
const executed = (name: string) => step('REQUIRED', 'conditional-sub-flow-executed', { flow_to_check: name });

const OTP_FORM = 'OTP Form';
const LEVEL = 'Condition - Level of Authentication';

describe('of a flow is told', () => {
  it.each<{ what: string; flow: Flow; found: string[] }>([
    { what: 'nothing where there is nothing', flow: flow('f', login, otp), found: [] },
    {
      what: 'nothing of a second factor for those who have one',
      flow: flow('f', login, sub('CONDITIONAL', 's', configured, perhapsOtp)),
      found: [],
    },
    { what: 'that it is empty', flow: flow('f'), found: ['cannot_succeed f'] },
    { what: 'that all of it is DISABLED', flow: flow('f', off), found: ['cannot_succeed f'] },
    { what: 'that it only refuses', flow: flow('f', login, deny), found: ['cannot_succeed f'] },
    {
      what: 'nothing where only some are refused',
      flow: flow('f', login, sub('CONDITIONAL', 's', role, deny)),
      found: [],
    },
    {
      what: 'that nobody can do what is REQUIRED',
      flow: flow('f', login, webauthn('REQUIRED')),
      found: ['cannot_succeed f', 'unsupported_required WebAuthn Authenticator'],
    },
    {
      what: 'nothing where what nobody can do is one way of several',
      flow: flow('f', cookie, sub('ALTERNATIVE', 's', login), webauthn('ALTERNATIVE')),
      found: [],
    },
    {
      what: 'that a sub-flow which everybody passes cannot be passed',
      flow: flow('f', login, sub('REQUIRED', 's', webauthn('ALTERNATIVE'))),
      found: ['cannot_succeed f', 'cannot_succeed s'],
    },
    {
      what: 'that a condition is missing',
      flow: flow('f', login, sub('CONDITIONAL', 's', otp)),
      found: ['conditional_without_condition s'],
    },
    {
      what: 'that the only condition is DISABLED',
      flow: flow('f', login, sub('CONDITIONAL', 's', step('DISABLED', 'conditional-user-role'), otp)),
      found: ['conditional_without_condition s'],
    },
    {
      what: 'that an ALTERNATIVE stands beside a REQUIRED step',
      flow: flow('f', login, perhapsOtp),
      found: [`alternative_beside_required ${OTP_FORM}`],
    },
    {
      what: 'that an ALTERNATIVE stands beside a CONDITIONAL sub-flow',
      flow: flow('f', cookie, sub('REQUIRED', 'p', login), sub('CONDITIONAL', 's', role, otp)),
      found: ['alternative_beside_required Cookie'],
    },
    {
      what: 'that a condition asks where nobody listens',
      flow: flow('f', login, sub('REQUIRED', 's', role, otp)),
      found: ['condition_outside_conditional Condition - user role'],
    },
    {
      what: 'that a code is asked of somebody who cannot get one (keycloak#29515)',
      flow: flow('f', login, sub('REQUIRED', 's', perhapsOtp)),
      found: [`cannot_be_set_up ${OTP_FORM}`],
    },
    {
      what: 'nothing where the code can be set up in a sub-flow of its own',
      flow: flow('f', login, sub('REQUIRED', 's', sub('ALTERNATIVE', 't', otp), webauthn('ALTERNATIVE'))),
      found: [],
    },
    {
      what: 'that a code is asked of nobody yet',
      flow: flow('f', otp, login),
      found: [`user_not_known_yet ${OTP_FORM}`],
    },
    {
      what: 'nothing of levels, of which everybody begins with the first',
      flow: flow('f', sub('CONDITIONAL', '1', level('1'), login), sub('CONDITIONAL', '2', level('2'), otp)),
      found: [],
    },
    {
      what: 'that a level that not everybody begins with does not make a user known',
      flow: flow(
        'f',
        sub('CONDITIONAL', '1', level('1'), configured, login),
        sub('CONDITIONAL', '2', level('2'), otp),
      ),
      found: [`user_not_known_yet ${OTP_FORM}`],
    },
    {
      what: 'that no level is set, also by blanks',
      flow: flow('f', sub('CONDITIONAL', '1', level(), login), sub('CONDITIONAL', '2', level(' '), otp)),
      found: [`level_missing ${LEVEL}`, `level_missing ${LEVEL}`],
    },
    {
      what: 'that a level is no whole number',
      flow: flow(
        'f',
        sub('CONDITIONAL', '1', level('gold'), login),
        sub('CONDITIONAL', '2', level('-1'), otp),
      ),
      found: [`level_unreadable ${LEVEL}`, `level_unreadable ${LEVEL}`],
    },
    {
      what: 'nothing of the level of a condition that is DISABLED or that nobody looks at',
      flow: flow(
        'f',
        login,
        sub('CONDITIONAL', 's', role, step('DISABLED', 'conditional-level-of-authentication'), otp),
        sub('REQUIRED', 't', level(), otp),
      ),
      found: [`condition_outside_conditional ${LEVEL}`],
    },
    {
      what: 'that a higher level comes before a lower one, however deep',
      flow: flow(
        'f',
        sub('REQUIRED', 'first', sub('CONDITIONAL', '2', level('2'), login)),
        sub('CONDITIONAL', '1', level('1'), otp),
        sub('CONDITIONAL', '3', level('3'), otp),
      ),
      found: ['level_out_of_order 1'],
    },
    {
      what: 'nothing of levels on different ways, of which only one is taken',
      flow: flow(
        'f',
        sub(
          'ALTERNATIVE',
          'a',
          sub('CONDITIONAL', '1', level('1'), login),
          sub('CONDITIONAL', '2', level('2'), otp),
        ),
        sub('ALTERNATIVE', 'b', sub('CONDITIONAL', '1 again', level('1'), login)),
      ),
      found: [],
    },
    {
      what: 'that a condition looks for a sub-flow that is not there',
      flow: flow('f', login, sub('CONDITIONAL', 's', executed('t'), otp)),
      found: ['unknown_sub_flow Condition - sub-flow executed'],
    },
    {
      what: 'nothing of a sub-flow that is there',
      flow: flow('f', login, sub('CONDITIONAL', 's', executed('s'), otp)),
      found: [],
    },
  ])('$what', ({ flow, found }) => {
    expect(problems(flow).map(({ code, name }) => `${code} ${name}`)).toEqual(found);
  });
});

describe('over the bus', () => {
  let world: World;
  beforeAll(async () => void (world = await World.open()));
  afterAll(() => world.close());

  it('the flows that a realm begins with have none', async () => {
    const realmId = randomUUID();
    for (const id of ['browser', 'direct grant', 'registration', 'clients']) {
      expect({ id, found: await world.bus.call(flows.problems, { realmId, id }) }).toEqual({ id, found: [] });
    }
    await expect(world.bus.call(flows.problems, { realmId, id: 'x' })).rejects.toMatchObject({
      details: { message: 'Could not find flow with id' },
    });
  });

  it('a flow is kept as it was asked for, and its problems name the step', async () => {
    const realmId = randomUUID();
    const admin = flowAdministrator(world, () => realmId);
    const { id } = await admin.create('mine');
    await admin.addFlow('mine', 'part');
    const [part] = await admin.rows('mine');
    await admin.set('mine', { id: part!.id, requirement: 'CONDITIONAL' });
    expect(await world.bus.call(flows.problems, { realmId, id })).toEqual([
      expect.objectContaining({ code: 'cannot_succeed', severity: 'error', name: 'mine' }),
      {
        code: 'conditional_without_condition',
        severity: 'warning',
        execution: part!.id,
        name: 'part',
        message: 'It is CONDITIONAL and has no enabled condition: it never applies.',
      },
    ]);
  });
});
