import 'reflect-metadata';
import { randomUUID } from 'node:crypto';
import { flows, type ArrivingFlows } from '@tumbler/contract-flows';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { DEFAULT_FLOWS, type DefaultFlow } from '../definitions/default-flows.js';
import { World } from '../testing/world.js';

let world: World;
let realmId: string;
beforeAll(async () => void (world = await World.open()));
beforeEach(() => void (realmId = randomUUID()));
afterAll(() => world.close());

type Step = Record<string, unknown>;
const step = (authenticator: string, requirement = 'REQUIRED', more: Step = {}): Step => ({
  ...{ authenticator, authenticatorFlow: false, requirement, priority: 10, userSetupAllowed: false },
  ...more,
});
const sub = (flowAlias: string, requirement = 'REQUIRED', more: Step = {}): Step => ({
  ...{ flowAlias, authenticatorFlow: true, autheticatorFlow: true, requirement, priority: 20 },
  ...more,
});
const flow = (alias: string, steps: Step[], more: Step = {}) => ({
  ...{ id: randomUUID(), alias, description: '', providerId: 'basic-flow', topLevel: true, builtIn: false },
  ...{ authenticationExecutions: steps, ...more },
});
const arriving = (more: Partial<ArrivingFlows> = {}): ArrivingFlows => ({
  ...{ flows: [], configs: [], bindings: {} },
  ...more,
});
const arrive = (more: Partial<ArrivingFlows> = {}, realm = realmId) =>
  world.bus.call(flows.arriveFlows, { realmId: realm, arriving: arriving(more) });
const findings = async (more: Partial<ArrivingFlows>) =>
  (await world.bus.call(flows.examineFlows, { arriving: arriving(more) })).findings.map(
    ({ kind, place }) => `${kind} ${place}`,
  );

/** A browser flow that asks everyone for a code, but those who have a role. */
const strict = () => [
  flow('strict', [step('auth-cookie', 'ALTERNATIVE'), sub('strict forms', 'ALTERNATIVE')]),
  flow('strict forms', [step('auth-username-password-form'), sub('strict otp', 'CONDITIONAL')], {
    topLevel: false,
  }),
  flow(
    'strict otp',
    [step('conditional-user-role', 'REQUIRED', { authenticatorConfig: 'no staff' }), step('auth-otp-form')],
    { topLevel: false },
  ),
];
const configs = [{ id: randomUUID(), alias: 'no staff', config: { condUserRole: 'staff', negate: 'true' } }];

describe('flows that arrive', () => {
  it('are walked as they were, and the default ones are there beside them', async () => {
    const own = strict();
    await arrive({ flows: own, configs, bindings: { browserFlow: 'strict' } });
    const rows = await world.bus.call(flows.executions, { realmId, alias: 'strict' });
    expect(
      rows.map(({ level, requirement, displayName }) => `${level} ${requirement} ${displayName}`),
    ).toEqual([
      '0 ALTERNATIVE Cookie',
      '0 ALTERNATIVE strict forms',
      '1 REQUIRED Username Password Form',
      '1 CONDITIONAL strict otp',
      '2 REQUIRED Condition - user role',
      '2 REQUIRED OTP Form',
    ]);
    const condition = rows.find(({ providerId }) => providerId === 'conditional-user-role');
    const config = await world.bus.call(flows.getConfig, { realmId, id: condition!.authenticationConfig! });
    expect(config).toEqual(configs[0]);
    expect(await world.bus.call(flows.bindings, { realmId })).toMatchObject({
      browserFlow: 'strict',
      directGrantFlow: 'direct grant',
    });
    const list = await world.bus.call(flows.listFlows, { realmId });
    expect(list.map(({ alias }) => alias)).toEqual([
      ...DEFAULT_FLOWS.map(({ alias }) => alias).filter((alias) => alias !== 'saml ecp'),
      'strict',
    ]);
    expect(list.at(-1)?.id).toBe(own[0]!.id);
  });

  it('come in place of the default ones of their name', async () => {
    const browser = flow('browser', [step('auth-username-password-form')], { builtIn: true });
    await arrive({ flows: [browser] });
    expect(await world.bus.call(flows.executions, { realmId, alias: 'browser' })).toHaveLength(1);
    await expect(world.bus.call(flows.executions, { realmId, alias: 'forms' })).rejects.toMatchObject({
      code: 'not_found',
    });
    expect((await world.bus.call(flows.bindings, { realmId })).browserFlow).toBe('browser');
  });

  it('arrive again, as read from a realm, and are the same', async () => {
    await arrive({
      flows: strict(),
      configs,
      bindings: { browserFlow: 'strict', directGrantFlow: 'direct grant' },
    });
    const read = async (realm: string) => {
      const all = await world.bus.call(flows.exportFlows, { realmId: realm });
      const bare = ({ id: _id, ...rest }: { id: string }) => rest;
      return { flows: all.flows.map(bare), configs: all.configs.map(bare) };
    };
    const copy = randomUUID();
    const exported = await world.bus.call(flows.exportFlows, { realmId });
    const { flows: arrived } = await arrive({ ...asJson(exported) }, copy);
    expect(await read(copy)).toEqual(await read(realmId));
    // Their ids are taken by the realm that they were read from.
    expect(arrived.every(({ id, was }) => was !== undefined && was !== id)).toBe(true);
  });

  it('take the place of what was left of an earlier attempt, and are forgotten when the realm did not come', async () => {
    await arrive({ flows: strict(), configs });
    await arrive({ flows: [flow('other', [step('auth-cookie')])] });
    const aliases = (await world.bus.call(flows.listFlows, { realmId })).map(({ alias }) => alias);
    expect(aliases).toContain('other');
    expect(aliases).not.toContain('strict');
    await world.bus.call(flows.disownFlows, { realmId });
    for (const table of ['flow', 'execution', 'authenticator_config', 'realm_flows', 'audit_config']) {
      expect(await world.db.query(`select from ${table} where realm_id = $1`, [realmId])).toEqual([]);
    }
    expect(await world.told(realmId)).toEqual([]);
  });

  it('bring what is kept of events', async () => {
    const audit = { eventsEnabled: false, eventsExpiration: 60 };
    await world.bus.call(flows.arriveFlows, { realmId, arriving: arriving(), audit });
    expect(await world.bus.call(flows.auditConfig, { realmId })).toMatchObject(audit);
  });
});

describe('what cannot be kept of flows', () => {
  it.each<[string, Partial<ArrivingFlows>, string[]]>([
    [
      'a sub-flow that is not there',
      { flows: [flow('a', [sub('nothing')])] },
      ['wrong authenticationFlows[0].authenticationExecutions[0].flowAlias'],
    ],
    [
      'a config that is not there',
      { flows: [flow('a', [step('auth-cookie', 'REQUIRED', { authenticatorConfig: 'x' })])] },
      ['wrong authenticationFlows[0].authenticationExecutions[0].authenticatorConfig'],
    ],
    [
      'two flows of one name',
      { flows: [flow('a', []), flow('a', [])] },
      ['wrong authenticationFlows[0].alias'],
    ],
    ['a flow without a name', { flows: [flow('', [])] }, ['wrong authenticationFlows[0].alias']],
    [
      'flows that are in each other',
      { flows: [flow('a', [sub('b')]), flow('b', [sub('a')])] },
      ['wrong authenticationFlows[0]', 'wrong authenticationFlows[1]'],
    ],
    [
      'a requirement that is none',
      { flows: [flow('a', [step('auth-cookie', 'OPTIONAL')])] },
      ['wrong authenticationFlows[0].authenticationExecutions[0].requirement'],
    ],
    [
      'a step that is nothing',
      { flows: [flow('a', [{ requirement: 'REQUIRED' }])] },
      ['wrong authenticationFlows[0].authenticationExecutions[0]'],
    ],
    [
      'a kind that is none',
      { flows: [flow('a', [], { providerId: 'x' })] },
      ['wrong authenticationFlows[0].providerId'],
    ],
    ['a binding to nothing', { bindings: { browserFlow: 'nothing' } }, ['wrong browserFlow']],
    [
      'a binding to a part',
      { flows: [flow('a', [], { topLevel: false })], bindings: { browserFlow: 'a' } },
      ['wrong browserFlow'],
    ],
    ['a binding to another kind', { bindings: { browserFlow: 'clients' } }, ['wrong browserFlow']],
    [
      'configs of one name',
      {
        configs: [
          { alias: 'a', config: { x: '1' } },
          { alias: 'a', config: {} },
        ],
      },
      ['wrong authenticatorConfig[1].alias'],
    ],
    [
      'a config that holds no texts',
      { configs: [{ alias: 'a', config: { x: 1 } }] },
      ['wrong authenticatorConfig[0].config'],
    ],
    [
      'a step of another server’s own',
      { flows: [flow('a', [step('email-otp')])] },
      ['idle authenticationFlows[0].authenticationExecutions[0]'],
    ],
    [
      'a step that is not offered',
      { flows: [flow('a', [step('webauthn-authenticator', 'ALTERNATIVE')])] },
      ['idle authenticationFlows[0].authenticationExecutions[0]'],
    ],
  ])('%s, is told with its place', async (_what, more, told) => {
    expect(await findings(more)).toEqual(told);
  });

  it('is nothing of the default ones', async () => {
    const all = DEFAULT_FLOWS.flatMap(function of(one: DefaultFlow, topLevel: unknown): object[] {
      const steps = one.steps.map(({ flow: below, config, ...rest }) => ({
        ...{ ...rest, ...(below ? { flowAlias: below.alias } : {}) },
        ...(config ? { authenticatorConfig: config.alias } : {}),
      }));
      const { alias, providerId } = one;
      return [
        { alias, providerId, topLevel: topLevel !== false, builtIn: true, authenticationExecutions: steps },
        ...one.steps.flatMap((each) => (each.flow ? of(each.flow, false) : [])),
      ];
    });
    const named = DEFAULT_FLOWS.flatMap(function of(one: DefaultFlow): object[] {
      return one.steps.flatMap(({ config, flow: below }) => [
        ...(config ? [config] : []),
        ...(below ? of(below) : []),
      ]);
    });
    expect(await findings(asJson({ flows: all, configs: named }))).toEqual([]);
  });

  it('is written of it: nothing', async () => {
    await expect(arrive({ flows: [flow('a', [sub('nothing')])] })).rejects.toMatchObject({
      code: 'invalid_request',
      details: { field: 'authenticationFlows[0].authenticationExecutions[0].flowAlias' },
    });
    expect(await world.db.query('select from flow where realm_id = $1', [realmId])).toEqual([]);
  });
});

function asJson(value: object): Pick<ArrivingFlows, 'flows' | 'configs'> {
  return JSON.parse(JSON.stringify(value)) as Pick<ArrivingFlows, 'flows' | 'configs'>;
}
