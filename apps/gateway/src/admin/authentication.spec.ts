import type EventType from '@keycloak/keycloak-admin-client/lib/defs/eventTypes.js';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { adminWorld, type AdminWorld } from '../testing/admin-world.js';

const realm = 'acme';

describe('authentication, by the official client', () => {
  let world: AdminWorld;
  beforeAll(async () => void (world = await adminWorld()));
  afterAll(() => world.gateway.close());

  /** The official client's own lists are typed to be of its own realm. */
  const list = async (path: string) => {
    const { body } = await world.ask('GET', `/acme/authentication/${path}`);
    return body as { alias: string; providerId: string; name: string }[];
  };

  describe('required actions', () => {
    const otp = { realm, alias: 'CONFIGURE_TOTP' };
    const path = '/acme/authentication/required-actions';

    it('are listed, read, and set as default', async () => {
      const { authenticationManagement: api } = world.admin;
      expect((await list('required-actions')).map(({ alias }) => alias)).toContain('CONFIGURE_TOTP');
      const action = await api.getRequiredActionForAlias(otp);
      await api.updateRequiredAction(otp, { ...action, defaultAction: true });
      expect(await api.getRequiredActionForAlias(otp)).toMatchObject({ enabled: true, defaultAction: true });
    });

    it('are replaced by a PUT: what is not said is false, or 0', async () => {
      await world.ask('PUT', `${path}/UPDATE_PASSWORD`, { name: 'Change it' });
      expect(world.services.lastAsked('users.updateAction')).toMatchObject({
        newAlias: 'UPDATE_PASSWORD',
        name: 'Change it',
        enabled: false,
        defaultAction: false,
        priority: 0,
        config: {},
      });
    });

    it('move', async () => {
      await world.admin.authenticationManagement.raiseRequiredActionPriority(otp);
      expect(world.services.lastAsked('users.moveAction')).toMatchObject({ direction: 'raise' });
      await world.admin.authenticationManagement.lowerRequiredActionPriority(otp);
      expect(world.services.lastAsked('users.moveAction')).toMatchObject({ direction: 'lower' });
    });

    it('say what can be set about them, and keep what is declared', async () => {
      const { authenticationManagement: api } = world.admin;
      const { properties } = await api.getRequiredActionConfigDescription(otp);
      expect(properties?.map(({ name }) => name)).toEqual(['max_auth_age', 'add-recovery-codes']);
      await api.updateRequiredActionConfig(otp, { config: { max_auth_age: '60', undeclared: 'x' } });
      expect(await api.getRequiredActionConfig(otp)).toEqual({ config: { max_auth_age: '60' } });
      await api.removeRequiredActionConfig(otp);
      expect(await api.getRequiredActionConfig(otp)).toEqual({ config: {} });
    });

    it('refuse a value that does not fit, by name', async () => {
      expect(
        await world.ask('PUT', `${path}/CONFIGURE_TOTP/config`, { config: { max_auth_age: 'x' } }),
      ).toMatchObject({
        status: 400,
        body: { field: 'max_auth_age' },
      });
    });

    it('are registered again, and taken away', async () => {
      const { authenticationManagement: api } = world.admin;
      const [unregistered] = await list('unregistered-required-actions');
      await api.registerRequiredAction({ realm, ...unregistered, somethingElse: true });
      expect(world.services.lastAsked('users.registerAction')).toMatchObject({
        providerId: 'delete_account',
      });
      await api.deleteRequiredAction(otp);
    });

    it.each([
      ['GET', '', 'Failed to find required action'],
      ['PUT', '', 'Failed to find required action'],
      ['DELETE', '', 'Failed to find required action.'],
      ['GET', '/config', 'Could not find RequiredAction config'],
      ['GET', '/config-description', 'Could not find configurable RequiredAction provider'],
    ])('are not found by %s %s with the words of Keycloak', async (method, below, error) => {
      const body = method === 'PUT' ? {} : undefined;
      expect(await world.ask(method, `${path}/nothing${below}`, body)).toMatchObject({
        status: 404,
        body: { error },
      });
    });

    it('refuse an unknown field, with the words of Keycloak', async () => {
      expect(
        await world.ask('PUT', `${path}/CONFIGURE_TOTP`, { enabled: true, colour: 'red' }),
      ).toMatchObject({
        status: 400,
        body: {
          error:
            'Invalid json representation for RequiredActionProviderRepresentation. ' +
            'Unrecognized field "colour" at line 1 column 17.',
        },
      });
    });
  });

  describe('flows', () => {
    it('are listed with their steps, and a step changes its requirement', async () => {
      const { authenticationManagement: api } = world.admin;
      expect((await list('flows')).map(({ alias }) => alias)).toContain('browser');
      const [step] = await api.getExecutions({ realm, flow: 'browser' });
      await api.updateExecution({ realm, flow: 'browser' }, { ...step, requirement: 'ALTERNATIVE' });
      expect(world.services.lastAsked('flows.updateExecution')).toMatchObject({
        alias: 'browser',
        id: 'e1',
        requirement: 'ALTERNATIVE',
        priority: 10,
      });
    });

    it('have steps that fall to priority 0 without one, as in Keycloak', async () => {
      const { authenticationManagement: api } = world.admin;
      await api.updateExecution({ realm, flow: 'browser' }, { id: 'e1', requirement: 'REQUIRED' });
      expect(world.services.lastAsked('flows.updateExecution')).toMatchObject({ priority: 0 });
    });

    it('refuse a requirement that is none', async () => {
      const body = { id: 'e1', requirement: 'PERHAPS' };
      expect(await world.ask('PUT', '/acme/authentication/flows/browser/executions', body)).toMatchObject({
        status: 400,
        body: { field: 'requirement' },
      });
    });

    it('are not found with the words of Keycloak', async () => {
      expect(await world.ask('GET', '/acme/authentication/flows/x')).toMatchObject({
        status: 404,
        body: { error: 'Could not find flow with id' },
      });
      expect(await world.ask('GET', '/acme/authentication/flows/x/executions')).toMatchObject({
        status: 404,
        body: { error: 'Flow not found' },
      });
    });

    it('are made of steps that can be listed', async () => {
      expect(await list('authenticator-providers')).toMatchObject([{ id: 'authenticator-x' }]);
      expect(await list('form-providers')).toMatchObject([{ id: 'form-x' }]);
      expect(await list('form-action-providers')).toMatchObject([{ id: 'form-action-x' }]);
      expect(await list('client-authenticator-providers')).toMatchObject([{ supportsSecret: false }]);
    });
  });

  describe('events', () => {
    it('are asked for by type, person and time', async () => {
      const { realms } = world.admin;
      const type: EventType[] = ['LOGIN', 'LOGIN_ERROR'];
      await realms.findEvents({
        realm,
        type,
        user: 'u',
        dateFrom: '2026-03-01',
        dateTo: '2026-03-01',
        max: 5,
      });
      expect(world.services.lastAsked('flows.events')).toMatchObject({
        types: ['LOGIN', 'LOGIN_ERROR'],
        user: 'u',
        dateFrom: Date.parse('2026-03-01T00:00:00Z'),
        dateTo: Date.parse('2026-03-01T23:59:59.999Z'),
        max: 5,
      });
      await realms.findAdminEvents({ realm, operationTypes: 'CREATE', resourcePath: 'users/*' });
      expect(world.services.lastAsked('flows.adminEvents')).toMatchObject({
        operationTypes: ['CREATE'],
        resourcePath: 'users/*',
      });
    });

    it.each(['dateFrom=yesterday', 'dateTo=2026-02-40', 'max=x'])('refuse %s', async (query) => {
      const field = query.split('=')[0];
      expect(await world.ask('GET', `/acme/events?${query}`)).toMatchObject({ status: 400, body: { field } });
    });

    it('are cleared, each kind by itself', async () => {
      await world.admin.realms.clearEvents({ realm });
      expect(world.services.lastAsked('flows.clearEvents')).toMatchObject({ which: 'user' });
      await world.admin.realms.clearAdminEvents({ realm });
      expect(world.services.lastAsked('flows.clearEvents')).toMatchObject({ which: 'admin' });
    });

    it('are kept as it is set', async () => {
      await world.admin.realms.updateConfigEvents(
        { realm },
        { eventsEnabled: false, eventsExpiration: 3600 },
      );
      expect(await world.admin.realms.getConfigEvents({ realm })).toMatchObject({
        eventsEnabled: false,
        eventsExpiration: 3600,
      });
    });
  });

  it('names who asked, for the audit log', async () => {
    await world.admin.realms.clearEvents({ realm });
    const { question } = world.services.asked.findLast(({ subject }) => subject === 'flows.clearEvents')!;
    expect(question).toMatchObject({
      by: {
        realmId: world.people.realm('master').id,
        clientId: 'admin-cli',
        userId: world.people.admin.id,
        ipAddress: '127.0.0.1',
      },
    });
  });

  it('says what the server is', async () => {
    expect(await world.admin.serverInfo.find()).toMatchObject({
      systemInfo: { version: expect.any(String) },
    });
  });
});
