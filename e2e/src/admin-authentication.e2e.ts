// Authentication management as a program sees it: Keycloak's official client, unchanged, against the running system.
import KcAdminClient from '@keycloak/keycloak-admin-client';
import { beforeAll, describe, expect, it } from 'vitest';
import { administrator, RealmOfStory, system } from './world.js';

let admin: KcAdminClient;
let api: KcAdminClient['authenticationManagement'];
let realm: string;
beforeAll(async () => {
  admin = await administrator();
  api = admin.authenticationManagement;
  realm = (await RealmOfStory.create()).name;
});

/** The official client asks some things of its own realm only; its own is where the administrator is from. */
async function inRealm() {
  const client = new KcAdminClient({ baseUrl: system.url, realmName: realm });
  client.setAccessToken((await admin.getAccessToken()) ?? '');
  return client.authenticationManagement;
}

/** A request as it is, with its status and the literal body. */
async function ask(method: string, path: string, body?: object) {
  const response = await fetch(`${system.url}/admin/realms/${realm}/authentication/${path}`, {
    method,
    headers: {
      authorization: `Bearer ${await admin.getAccessToken()}`,
      ...(body ? { 'content-type': 'application/json' } : {}),
    },
    ...(body ? { body: JSON.stringify(body) } : {}),
  });
  const text = await response.text();
  const location = response.headers.get('location');
  return { status: response.status, body: text ? (JSON.parse(text) as unknown) : undefined, location };
}

const rows = (flow: string) => api.getExecutions({ realm, flow });
const row = async (flow: string, displayName: string) => {
  const found = (await rows(flow)).find((one) => one.displayName === displayName);
  if (!found?.id) throw new Error(`no ${displayName} in ${flow}`);
  return { ...found, id: found.id };
};
const create = (alias: string) =>
  api.createFlow({ realm, alias, providerId: 'basic-flow', topLevel: true, builtIn: false });

describe('a flow', () => {
  it('is created, read, renamed and deleted', async () => {
    const { id } = await create('mine');
    expect(await api.getFlow({ realm, flowId: id! })).toEqual({
      ...{ id, alias: 'mine', providerId: 'basic-flow', topLevel: true, builtIn: false },
      authenticationExecutions: [],
    });
    await api.updateFlow({ realm, flowId: id! }, { alias: 'ours', description: 'Of all of us' });
    expect(await ask('PUT', `flows/${id}`, { alias: 'ours' })).toMatchObject({
      status: 202,
      body: { id, alias: 'ours', description: 'Of all of us' },
    });
    expect((await api.getFlows({ realm })).map(({ alias }) => alias)).toContain('ours');
    await api.deleteFlow({ realm, flowId: id! });
    expect(await ask('GET', `flows/${id}`)).toMatchObject({
      status: 404,
      body: { error: 'Could not find flow with id' },
    });
  });

  it('is copied, with sub-flows and settings of its own', async () => {
    await api.copyFlow({ realm, flow: 'browser', newName: 'copy' });
    const [original, copy] = [await rows('browser'), await rows('copy')];
    expect(copy.map(({ displayName }) => displayName)).toEqual(
      original.map(({ displayName, authenticationFlow }) =>
        authenticationFlow ? `copy ${displayName}` : displayName,
      ),
    );
    const { authenticationConfig } = await row('copy', 'Condition - credential');
    const config = await api.getConfig({ realm, id: authenticationConfig! });
    expect(config).toMatchObject({ alias: 'copy browser-conditional-credential' });
    await api.updateConfig({
      realm,
      id: authenticationConfig!,
      alias: 'other',
      config: { credentials: 'otp' },
    });
    expect(await rows('browser')).toEqual(original);
    expect(await ask('POST', 'flows/browser/copy', { newName: 'another copy' })).toMatchObject({
      status: 201,
      location: expect.stringMatching(/\/authentication\/flows\/[0-9a-f-]{36}$/),
    });
  });

  it('is built of steps and sub-flows, which are moved, configured and taken out', async () => {
    await create('built');
    const { id: form } = await api.addExecutionToFlow({
      ...{ realm, flow: 'built', provider: 'auth-username-password-form' },
    });
    const { id: part } = await api.addFlowToFlow({
      ...{ realm, flow: 'built', alias: 'for some', type: 'basic-flow' },
      ...{ provider: 'registration-page-form', description: 'Who has the role' },
    });
    const { id: condition } = await api.addExecutionToFlow({
      ...{ realm, flow: 'for some', provider: 'conditional-user-role' },
    });
    await api.addExecutionToFlow({ realm, flow: 'for some', provider: 'auth-otp-form' });

    const subFlow = await row('built', 'for some');
    expect(subFlow).toMatchObject({ flowId: part, requirement: 'DISABLED', description: 'Who has the role' });
    await api.updateExecution({ realm, flow: 'built' }, { ...subFlow, requirement: 'CONDITIONAL' });
    const otp = await row('built', 'OTP Form');
    await api.updateExecution({ realm, flow: 'built' }, { ...otp, requirement: 'REQUIRED' });
    const { id: config } = await api.createConfig({
      ...{ realm, id: condition!, alias: 'staff', config: { condUserRole: 'staff', negate: '' } },
    });
    expect(await api.getConfig({ realm, id: config! })).toEqual({
      ...{ id: config, alias: 'staff', config: { condUserRole: 'staff' } },
    });
    expect(await ask('GET', `executions/${condition}/config/${config}`)).toMatchObject({ status: 200 });

    await api.raisePriorityExecution({ realm, id: otp.id });
    const order = async () => (await rows('built')).map(({ displayName }) => displayName);
    expect(await order()).toEqual([
      ...['Username Password Form', 'for some', 'OTP Form', 'Condition - user role'],
    ]);
    await api.lowerPriorityExecution({ realm, id: otp.id });
    await api.delExecution({ realm, id: otp.id });
    await api.delConfig({ realm, id: config! });
    expect((await row('built', 'Condition - user role')).authenticationConfig).toBeUndefined();
    expect(await ask('GET', `executions/${form}`)).toMatchObject({
      status: 200,
      body: { id: form, authenticator: 'auth-username-password-form', requirement: 'REQUIRED' },
    });
    await api.delExecution({ realm, id: subFlow.id });
    expect(await order()).toEqual(['Username Password Form']);
  });

  it('takes a step that is told in one piece', async () => {
    const { id: parentFlow } = await create('in one piece');
    const step = {
      parentFlow,
      authenticator: 'auth-cookie',
      requirement: 'ALTERNATIVE',
      authenticatorFlow: false,
    };
    const made = await ask('POST', 'executions', step);
    expect(made).toMatchObject({ status: 201 });
    const id = made.location?.split('/').at(-1);
    expect(await ask('GET', `executions/${id}`)).toMatchObject({
      body: { id, parentFlow, requirement: 'ALTERNATIVE', priority: 0 },
    });
  });

  it('that is used is not deleted, and the refusal says by whom', async () => {
    const { id } = await create('used');
    await admin.realms.update({ realm }, { directGrantFlow: 'used' });
    expect(await ask('DELETE', `flows/${id}`)).toMatchObject({
      status: 409,
      body: { errorMessage: 'Flow "used" is in use: the realm has it as directGrantFlow' },
    });
    await admin.realms.update({ realm }, { directGrantFlow: 'direct grant' });
    const client = await admin.clients.create({
      ...{ realm, clientId: 'shop', authenticationFlowBindingOverrides: { browser: id! } },
    });
    expect(await ask('DELETE', `flows/${id}`)).toMatchObject({
      status: 409,
      body: { errorMessage: 'The flow is in use by client "shop"' },
    });
    await admin.clients.del({ realm, id: client.id });
    await api.deleteFlow({ realm, flowId: id! });
  });
});

describe('what a step can be', () => {
  it('is listed and described', async () => {
    const own = await inRealm();
    const ids = (await own.getAuthenticatorProviders()).map(({ id }) => id);
    expect(ids).toEqual(expect.arrayContaining(['auth-cookie', 'auth-otp-form', 'conditional-user-role']));
    expect(await own.getFormProviders()).toMatchObject([{ id: 'registration-page-form' }]);
    expect(await own.getFormActionProviders()).toContainEqual(
      expect.objectContaining({ id: 'registration-user-creation' }),
    );
    expect(await own.getClientAuthenticatorProviders()).toContainEqual(
      expect.objectContaining({ id: 'client-jwt', supportsSecret: false }),
    );
    const description = await api.getConfigDescription({ realm, providerId: 'conditional-user-role' });
    expect(description).toMatchObject({
      providerId: 'conditional-user-role',
      name: 'Condition - user role',
      helpText: 'Flow is executed only if user has the given role.',
    });
    expect(description.properties).toMatchObject([
      { name: 'condUserRole', type: 'Role' },
      { name: 'negate', type: 'boolean' },
    ]);
    expect(await ask('GET', 'per-client-config-description')).toMatchObject({
      status: 200,
      body: { 'client-secret': [], 'client-jwt': [] },
    });
  });
});

describe('before a flow is used', () => {
  it('its problems are listed', async () => {
    const { id } = await create('troubled');
    expect(await ask('GET', `flows/${id}/problems`)).toMatchObject({
      ...{ status: 200, body: [{ code: 'cannot_succeed', severity: 'error', name: 'troubled' }] },
    });
    expect(await ask('GET', 'flows/browser/problems')).toMatchObject({ status: 200, body: [] });
    expect(await ask('GET', 'flows/nowhere/problems')).toMatchObject({ status: 404 });
  });

  it('a user is led through it, and nothing counts it as a login', async () => {
    const { id: userId } = await admin.users.create({
      ...{
        realm,
        username: 'sim',
        enabled: true,
        credentials: [{ type: 'password', value: 'Tumblers-7-align' }],
      },
    });
    const simulate = (body: object) => ask('POST', 'flows/browser/simulate', body);
    const asked = { userId, fails: ['auth-username-password-form'] };
    for (let i = 0; i < 40; i++)
      expect((await simulate(asked)).body).toMatchObject({ outcome: { kind: 'waits' } });
    expect(await simulate({ userId })).toMatchObject({
      ...{ status: 200, body: { outcome: { kind: 'signed_in', amr: ['pwd'] }, problems: [] } },
    });
    expect(await admin.attackDetection.findOne({ realm, id: userId })).toMatchObject({ numFailures: 0 });
    expect(await admin.realms.findEvents({ realm, user: userId })).toEqual([]);
  });

  it('somebody is described wrongly, and it says so', async () => {
    expect(await ask('POST', 'flows/browser/simulate', { user: { attributes: { a: 1 } } })).toMatchObject({
      ...{ status: 400, body: { field: 'attributes' } },
    });
    expect(await ask('POST', 'flows/nowhere/simulate', {})).toMatchObject({
      ...{ status: 404, body: { error: 'Flow not found' } },
    });
  });
});

describe('a refusal has the words of Keycloak (keycloak.md §5.1)', () => {
  const nothing = '00000000-0000-4000-8000-000000000000';
  const browser = 'flows/browser';
  it.each<[string, string, object | undefined, number, object]>([
    ['POST', 'flows', { alias: '' }, 409, { errorMessage: 'Failed to create flow with empty alias name' }],
    ['POST', 'flows', { alias: 'browser' }, 409, { errorMessage: 'Flow browser already exists' }],
    ['POST', 'flows', { alias: 'fo]o' }, 400, { error: "Character ']' not allowed." }],
    ['PUT', `flows/${nothing}`, { alias: 'x' }, 404, { error: 'Illegal execution' }],
    ['PUT', `flows/${nothing}`, {}, 409, { errorMessage: 'Failed to update flow with empty alias name' }],
    ['DELETE', `flows/${nothing}`, undefined, 404, { error: 'Flow not found' }],
    ['POST', 'flows/x/copy', { newName: 'y' }, 404, { error: 'Flow not found' }],
    [
      ...(['POST', `${browser}/copy`, { newName: 'direct grant' }, 409] as const),
      { errorMessage: 'New flow alias name already exists' },
    ],
    ['GET', 'flows/x/executions', undefined, 404, { error: 'Flow not found' }],
    ['PUT', 'flows/x/executions', { id: nothing }, 404, { error: 'flow not found' }],
    ['PUT', `${browser}/executions`, { id: nothing }, 404, { error: 'Illegal execution' }],
    ['POST', 'flows/x/executions/execution', { provider: 'y' }, 400, { error: "Parent flow doesn't exist" }],
    [
      ...(['POST', `${browser}/executions/execution`, { provider: 'auth-cookie' }, 400] as const),
      { error: 'It is illegal to add execution to a built in flow' },
    ],
    ['POST', 'flows/x/executions/flow', { alias: 'y' }, 400, { errorMessage: "Parent flow doesn't exist" }],
    [
      ...(['POST', `${browser}/executions/flow`, { alias: 'y' }, 400] as const),
      { error: 'It is illegal to add sub-flow to a built in flow' },
    ],
    ['POST', 'executions', {}, 400, { error: 'parent flow not set on new execution' }],
    ['POST', 'executions', { parentFlow: nothing }, 400, { error: 'execution parent flow does not exist' }],
    ['GET', `executions/${nothing}`, undefined, 404, { error: 'Illegal execution' }],
    ['DELETE', `executions/${nothing}`, undefined, 404, { error: 'Illegal execution' }],
    ['POST', `executions/${nothing}/raise-priority`, undefined, 404, { error: 'Illegal execution' }],
    ['POST', `executions/${nothing}/config`, {}, 400, { errorMessage: 'Alias missing' }],
    ['POST', `executions/${nothing}/config`, { alias: 'x' }, 404, { error: 'Illegal execution' }],
    ['GET', `config/${nothing}`, undefined, 404, { error: 'Could not find authenticator config' }],
    ['PUT', `config/${nothing}`, {}, 404, { error: 'Could not find authenticator config' }],
    ['DELETE', `config/${nothing}`, undefined, 404, { error: 'Could not find authenticator config' }],
    ['GET', 'config-description/x', undefined, 404, { error: 'Could not find authenticator provider' }],
  ])('%s %s %j', async (method, path, body, status, words) => {
    expect(await ask(method, path, body)).toMatchObject({ status, body: words });
  });

  it('also about what is built in', async () => {
    const [flow] = await api.getFlows({ realm });
    const [step] = await rows('browser');
    expect(await ask('DELETE', `flows/${flow!.id}`)).toMatchObject({
      ...{ status: 400, body: { error: "Can't delete built in flow" } },
    });
    expect(await ask('DELETE', `executions/${step!.id}`)).toMatchObject({
      ...{ status: 400, body: { error: 'It is illegal to remove execution from a built in flow' } },
    });
    expect(await ask('POST', `executions/${step!.id}/lower-priority`)).toMatchObject({
      ...{ status: 400, body: { error: 'It is illegal to modify execution in a built in flow' } },
    });
  });
});
