import 'reflect-metadata';
import { flows, type ExecutionInfo } from '@tumbler/contract-flows';
import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { flowAdministrator } from '../testing/flow-administrator.js';
import { by, World } from '../testing/world.js';

let world: World;
let realmId: string;
beforeAll(async () => void (world = await World.open()));
beforeEach(() => void (realmId = randomUUID()));
afterAll(() => world.close());

let admin: ReturnType<typeof flowAdministrator>;
beforeAll(() => void (admin = flowAdministrator(world, () => realmId)));
const refused = (code: string, message: string) => ({ code, details: expect.objectContaining({ message }) });
const shape = (rows: ExecutionInfo[]) =>
  rows.map(({ level, requirement, priority, providerId, displayName }) =>
    [level, priority, requirement, providerId ?? displayName].join(' '),
  );
const countOf = async (table: string) => {
  const [{ n }] = await world.db.query(`select count(*)::int as n from ${table} where realm_id = $1`, [
    realmId,
  ]);
  return n as number;
};

describe('a flow of one’s own', () => {
  it('begins empty, comes last in the list, and is told of', async () => {
    const { id } = await admin.create('mine', { description: 'Of my own' });
    expect((await admin.list()).at(-1)).toEqual({
      ...{ id, alias: 'mine', description: 'Of my own', providerId: 'basic-flow' },
      ...{ topLevel: true, builtIn: false, authenticationExecutions: [] },
    });
    const [event] = await world.told(realmId);
    expect(event?.data).toMatchObject({
      ...{ operationType: 'CREATE', resourceType: 'AUTH_FLOW', authDetails: by },
      resourcePath: `authentication/flows/${id}`,
    });
  });

  it('has a name, that nothing else has and that can stand in an address', async () => {
    const empty = refused('conflict', 'Failed to create flow with empty alias name');
    await expect(admin.create(' ')).rejects.toMatchObject(empty);
    await expect(admin.create('browser')).rejects.toMatchObject(
      refused('conflict', 'Flow browser already exists'),
    );
    await expect(admin.create('fo]o')).rejects.toMatchObject(
      refused('invalid_request', "Character ']' not allowed."),
    );
  });

  it('of two that are made with one name at the same moment, there is one', async () => {
    const made = await Promise.allSettled(Array.from({ length: 6 }, () => admin.create('once')));
    expect(made.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
  });

  it('is renamed, and answers as it is then', async () => {
    const { id } = await admin.create('mine');
    expect(await admin.rename(id, 'ours')).toMatchObject({ id, alias: 'ours' });
    expect(await admin.rename(id, 'ours')).toMatchObject({ alias: 'ours' });
    await expect(admin.rename(id, '')).rejects.toMatchObject(
      refused('conflict', 'Failed to update flow with empty alias name'),
    );
    await expect(admin.rename(id, 'browser')).rejects.toMatchObject(
      refused('conflict', 'Flow alias name already exists'),
    );
    await expect(admin.rename(randomUUID(), 'x')).rejects.toMatchObject(
      refused('not_found', 'Illegal execution'),
    );
  });

  it('goes with everything in it, and with nothing else', async () => {
    await admin.list();
    const before = [await countOf('flow'), await countOf('execution'), await countOf('authenticator_config')];
    const { id } = await admin.copy('first broker login', 'mine');
    await admin.removeFlow(id);
    expect([
      await countOf('flow'),
      await countOf('execution'),
      await countOf('authenticator_config'),
    ]).toEqual(before);
  });

  it('stays while the realm uses it, and the refusal says as what', async () => {
    const { id } = await admin.copy('browser', 'mine');
    await world.bus.call(flows.setBindings, { realmId, settings: { browserFlow: 'mine' } });
    await expect(admin.removeFlow(id)).rejects.toMatchObject(
      refused('conflict', 'Flow "mine" is in use: the realm has it as browserFlow'),
    );
    await world.bus.call(flows.setBindings, { realmId, settings: { browserFlow: 'browser' } });
    await admin.removeFlow(id);
    await expect(admin.removeFlow(id)).rejects.toMatchObject(refused('not_found', 'Flow not found'));
  });

  it('that is built in stays', async () => {
    const [browser] = await admin.list();
    await expect(admin.removeFlow(browser!.id)).rejects.toMatchObject(
      refused('invalid_request', "Can't delete built in flow"),
    );
  });

  it('that is a part of another goes out of it', async () => {
    await admin.create('mine');
    const { id } = await admin.addFlow('mine', 'part');
    await admin.add('part', 'auth-otp-form');
    await admin.removeFlow(id);
    expect(await admin.rows('mine')).toEqual([]);
    expect(await countOf('execution')).toBe(0 + (await builtInSteps()));
  });
});

const builtInSteps = async () => {
  const [{ n }] = await world.db.query(
    'select count(*)::int as n from execution e join flow f on f.id = e.flow_id where f.built_in and f.realm_id = $1',
    [realmId],
  );
  return n as number;
};

describe('a copy', () => {
  it('keeps steps of one priority in their order', async () => {
    await admin.copy('browser', 'mine');
    await world.db.query('update execution set priority = 0 where realm_id = $1', [realmId]);
    await admin.copy('mine', 'yours');
    const order = async (alias: string) =>
      (await admin.rows(alias)).map(({ providerId, level }) => `${level} ${providerId ?? ''}`);
    expect(await order('yours')).toEqual(await order('mine'));
  });

  it('reads as its original, under names of its own', async () => {
    await admin.copy('browser', 'mine');
    const [original, copy] = [await admin.rows('browser'), await admin.rows('mine')];
    const named = (row: ExecutionInfo) =>
      row.authenticationFlow ? `mine ${row.displayName}` : row.displayName;
    expect(copy.map(({ displayName }) => displayName)).toEqual(original.map(named));
    expect(copy.map(({ requirement, priority, level }) => [requirement, priority, level])).toEqual(
      original.map(({ requirement, priority, level }) => [requirement, priority, level]),
    );
    expect(copy.map(({ alias }) => alias)).toContain('mine browser-conditional-credential');
    expect((await admin.list()).at(-1)).toMatchObject({ alias: 'mine', builtIn: false, topLevel: true });
  });

  it('shares nothing with it: whatever is done to the one, the other stays as it was', async () => {
    const everything = async (alias: string) => {
      const rows = await admin.rows(alias);
      const ids = rows.flatMap(({ authenticationConfig }) => authenticationConfig ?? []);
      return [rows, await Promise.all(ids.map((id) => world.bus.call(flows.getConfig, { realmId, id })))];
    };
    for (const { alias } of (await admin.list()).filter(({ providerId }) => providerId !== 'client-flow')) {
      const before = await everything(alias);
      const { id } = await admin.copy(alias, `my ${alias}`);
      for (const row of await admin.rows(`my ${alias}`)) {
        await admin.set(`my ${alias}`, { id: row.id, requirement: 'DISABLED', priority: row.priority + 7 });
        if (row.authenticationConfig) {
          const change = { by, realmId, id: row.authenticationConfig, alias: 'changed', config: { a: 'b' } };
          await world.bus.call(flows.updateConfig, change);
        }
        if (row.flowId) await admin.rename(row.flowId, `${row.displayName} changed`);
        await admin.move(row.id, 'raise');
      }
      for (const row of await admin.rows(`my ${alias}`)) if (row.level === 0) await admin.remove(row.id);
      await admin.removeFlow(id);
      expect(await everything(alias)).toEqual(before);
    }
  });

  it('looks for its own sub-flows where the original looks for its own', async () => {
    await admin.create('mine');
    await admin.addFlow('mine', 'first');
    const { id } = await admin.add('mine', 'conditional-sub-flow-executed');
    await admin.configure(id, 'c', { flow_to_check: 'first' });
    await admin.copy('mine', 'yours');
    const row = (await admin.rows('yours')).find(({ alias }) => alias === 'yours c')!;
    const config = await world.bus.call(flows.getConfig, { realmId, id: row.authenticationConfig! });
    expect(config.config).toEqual({ flow_to_check: 'yours first' });
  });

  it('is refused with the words of Keycloak', async () => {
    await expect(admin.copy('browser', 'direct grant')).rejects.toMatchObject(
      refused('conflict', 'New flow alias name already exists'),
    );
    await expect(admin.copy('nowhere', 'mine')).rejects.toMatchObject(refused('not_found', 'Flow not found'));
    await expect(admin.copy('browser')).rejects.toMatchObject({ code: 'conflict' });
  });
});

describe('a step', () => {
  beforeEach(async () => void (await admin.create('mine')));

  it('comes after the others, REQUIRED where it can be nothing else, and DISABLED otherwise', async () => {
    await admin.add('mine', 'auth-username-password-form');
    await admin.add('mine', 'auth-otp-form');
    await admin.add('mine', 'auth-cookie', 40);
    await admin.addFlow('mine', 'part');
    await admin.add('part', 'webauthn-authenticator');
    expect(shape(await admin.rows('mine'))).toEqual([
      '0 0 REQUIRED auth-username-password-form',
      '0 1 DISABLED auth-otp-form',
      '0 40 DISABLED auth-cookie',
      '0 41 DISABLED part',
      '1 0 DISABLED webauthn-authenticator',
    ]);
  });

  it('of a page is one of its parts, and of a client flow a way to know clients', async () => {
    await admin.addFlow('mine', 'page', { type: 'form-flow', provider: 'registration-page-form' });
    await admin.add('page', 'registration-user-creation');
    await admin.create('known', { providerId: 'client-flow' });
    await admin.add('known', 'client-secret');
    expect(shape(await admin.rows('mine'))).toEqual([
      '0 0 DISABLED registration-page-form',
      '1 0 DISABLED registration-user-creation',
    ]);
    for (const [parent, provider] of [
      ['mine', 'registration-user-creation'],
      ['page', 'auth-otp-form'],
      ['known', 'auth-otp-form'],
    ] as const) {
      await expect(admin.add(parent, provider)).rejects.toMatchObject(
        refused('invalid_request', `No authentication provider found for id: ${provider}`),
      );
    }
  });

  it('cannot be added to a flow that is not there, or that is built in', async () => {
    await expect(admin.add('nowhere', 'auth-otp-form')).rejects.toMatchObject(
      refused('invalid_request', "Parent flow doesn't exist"),
    );
    await expect(admin.add('browser', 'auth-otp-form')).rejects.toMatchObject(
      refused('invalid_request', 'It is illegal to add execution to a built in flow'),
    );
    await expect(admin.addFlow('nowhere', 'part')).rejects.toMatchObject({
      details: { message: "Parent flow doesn't exist", asConflict: true },
    });
    await expect(admin.addFlow('browser', 'part')).rejects.toMatchObject(
      refused('invalid_request', 'It is illegal to add sub-flow to a built in flow'),
    );
    await expect(admin.addFlow('mine', 'browser')).rejects.toMatchObject(
      refused('conflict', 'New flow alias name already exists'),
    );
  });

  it('is made in one piece, found by its id, and never a flow within itself', async () => {
    const parent = (await admin.list()).at(-1)!.id;
    const { id } = await admin.step({
      parentFlow: parent,
      authenticator: 'auth-otp-form',
      requirement: 'REQUIRED',
    });
    expect(await world.bus.call(flows.getExecution, { realmId, id })).toEqual({
      ...{ id, parentFlow: parent, requirement: 'REQUIRED', priority: 0, authenticator: 'auth-otp-form' },
      ...{ authenticatorFlow: false, autheticatorFlow: false },
    });
    await expect(admin.step({})).rejects.toMatchObject(
      refused('invalid_request', 'parent flow not set on new execution'),
    );
    await expect(admin.step({ parentFlow: randomUUID() })).rejects.toMatchObject(
      refused('invalid_request', 'execution parent flow does not exist'),
    );
    const part = await admin.addFlow('mine', 'part');
    for (const flowId of [parent, part.id]) {
      await expect(admin.step({ parentFlow: part.id, flowId })).rejects.toMatchObject(
        refused('invalid_request', 'A flow cannot contain itself'),
      );
    }
  });

  it('goes with the sub-flow that it is, unless another step is the same one (keycloak#9389)', async () => {
    const parent = (await admin.list()).at(-1)!.id;
    const part = await admin.addFlow('mine', 'part');
    await admin.add('part', 'auth-otp-form');
    const again = await admin.step({ parentFlow: parent, flowId: part.id });
    await admin.remove(again.id);
    expect(await admin.rows('part')).toHaveLength(1);
    await admin.remove((await admin.rows('mine'))[0]!.id);
    await expect(admin.rows('part')).rejects.toMatchObject(refused('not_found', 'Flow not found'));
    await expect(admin.remove(again.id)).rejects.toMatchObject(refused('not_found', 'Illegal execution'));
  });

  it('of a built-in flow can be neither removed nor moved', async () => {
    const [step] = await admin.rows('browser');
    await expect(admin.remove(step!.id)).rejects.toMatchObject(
      refused('invalid_request', 'It is illegal to remove execution from a built in flow'),
    );
    await expect(admin.move(step!.id, 'lower')).rejects.toMatchObject(
      refused('invalid_request', 'It is illegal to modify execution in a built in flow'),
    );
  });

  it('changes places with its neighbour, also where both had one priority (keycloak#35765)', async () => {
    for (const provider of ['auth-cookie', 'auth-otp-form', 'auth-password-form']) {
      await admin.add('mine', provider, 5);
    }
    const order = async () => (await admin.rows('mine')).map(({ id }) => id);
    const [first, second, third] = (await order()) as [string, string, string];
    await admin.move(third, 'raise');
    expect(await order()).toEqual([first, third, second]);
    expect((await admin.rows('mine')).map(({ priority }) => priority)).toEqual([5, 6, 7]);
    await admin.move(first, 'raise');
    await admin.move(second, 'lower');
    expect(await order()).toEqual([first, third, second]);
    await admin.move(first, 'lower');
    expect(await order()).toEqual([third, first, second]);
    await expect(admin.move(randomUUID(), 'raise')).rejects.toMatchObject(
      refused('not_found', 'Illegal execution'),
    );
  });
});

describe('the settings of a step', () => {
  const condition = async () => {
    await admin.create('mine');
    return (await admin.add('mine', 'conditional-user-role')).id;
  };
  const read = (id: string) => world.bus.call(flows.getConfig, { realmId, id });

  it('are made, changed without what is empty, and taken away', async () => {
    const step = await condition();
    const { id } = await admin.configure(step, 'staff', { condUserRole: 'staff', negate: '' });
    expect(await read(id)).toEqual({ id, alias: 'staff', config: { condUserRole: 'staff' } });
    const change = { by, realmId, id, alias: 'boss', config: { condUserRole: 'boss' } };
    await world.bus.call(flows.updateConfig, change);
    expect((await admin.rows('mine'))[0]).toMatchObject({ alias: 'boss', authenticationConfig: id });
    await world.bus.call(flows.removeConfig, { by, realmId, id });
    expect((await admin.rows('mine'))[0]).not.toHaveProperty('authenticationConfig');
    await expect(read(id)).rejects.toMatchObject(refused('not_found', 'Could not find authenticator config'));
  });

  it('take the place of those that it had', async () => {
    const step = await condition();
    await admin.configure(step, 'one');
    const kept = await countOf('authenticator_config');
    await admin.configure(step, 'two');
    expect(await countOf('authenticator_config')).toBe(kept);
  });

  it('are refused with the words of Keycloak', async () => {
    const step = await condition();
    await expect(admin.configure(step, undefined)).rejects.toMatchObject({
      details: { message: 'Alias missing', asConflict: true },
    });
    await expect(admin.configure(randomUUID(), 'x')).rejects.toMatchObject(
      refused('not_found', 'Illegal execution'),
    );
    await expect(admin.configure(step, 'x', { n: 7 })).rejects.toMatchObject({ code: 'invalid_request' });
  });

  it('are described: exactly what can be configured has something to configure', async () => {
    for (const kind of ['authenticator', 'form-action'] as const) {
      for (const { id } of await world.bus.call(flows.providers, { kind })) {
        const { properties } = await world.bus.call(flows.describeConfig, { providerId: id });
        await admin.create(id);
        const parent = { alias: id, type: kind === 'form-action' ? 'form-flow' : 'basic-flow' };
        await admin.addFlow(id, `${id} part`, {
          ...parent,
          alias: `${id} part`,
          provider: 'registration-page-form',
        });
        await admin.add(`${id} part`, id);
        const { configurable } = (await admin.rows(`${id} part`))[0]!;
        expect({ id, configurable }).toEqual({ id, configurable: properties.length > 0 });
      }
    }
    await expect(world.bus.call(flows.describeConfig, { providerId: 'x' })).rejects.toMatchObject(
      refused('not_found', 'Could not find authenticator provider'),
    );
  });
});

it('is another realm’s business nowhere', async () => {
  const { id } = await admin.copy('browser', 'mine');
  const [row] = await admin.rows('mine');
  realmId = randomUUID();
  await expect(admin.removeFlow(id)).rejects.toMatchObject({ code: 'not_found' });
  await expect(admin.remove(row!.id)).rejects.toMatchObject({ code: 'not_found' });
  await expect(admin.move(row!.id, 'lower')).rejects.toMatchObject({ code: 'not_found' });
  await expect(admin.configure(row!.id, 'x')).rejects.toMatchObject({ code: 'not_found' });
});
