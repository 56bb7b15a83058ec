import { randomUUID } from 'node:crypto';
import { flows, type SendLink } from '@tumbler/contract-flows';
import { AppError } from '@tumbler/errors';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { adminWorld, type AdminWorld } from '../testing/admin-world.js';

const realm = 'acme';
const id = randomUUID();
const USER = `/acme/users/${id}`;

describe('links that an administrator sends', () => {
  let world: AdminWorld;
  let sent: SendLink[];
  beforeAll(async () => void (world = await adminWorld()));
  afterAll(() => world.gateway.close());
  beforeEach(() => {
    sent = [];
    world.gateway.bus.stub(flows.sendLink, (question) => {
      sent.push(question);
      return {};
    });
  });

  it('go out by the official client', async () => {
    await world.admin.users.executeActionsEmail({
      realm,
      id,
      lifespan: 3600,
      actions: ['CONFIGURE_TOTP', 'UPDATE_PASSWORD'],
    });
    await world.admin.users.sendVerifyEmail({ realm, id });
    // Older clients say it so.
    expect((await world.ask('PUT', `${USER}/reset-password-email`)).status).toBe(204);
    const url = `${world.gateway.config.publicUrl}/realms/acme`;
    expect(sent).toMatchObject([
      {
        kind: 'execute-actions',
        userId: id,
        actions: ['CONFIGURE_TOTP', 'UPDATE_PASSWORD'],
        lifespan: 3600,
        clientId: 'account',
        realm: { name: 'acme', url },
        by: { clientId: 'admin-cli' },
      },
      { kind: 'verify-email', userId: id },
      { kind: 'execute-actions', actions: ['UPDATE_PASSWORD'] },
    ]);
  });

  it('say why, where they cannot be sent', async () => {
    const message = 'Failed to send execute actions email: ECONNREFUSED';
    world.gateway.bus.stub(flows.sendLink, () => {
      throw new AppError('internal', { message, asConflict: true });
    });
    expect(await world.ask('PUT', `${USER}/execute-actions-email`, ['UPDATE_PASSWORD'])).toMatchObject({
      status: 500,
      body: { errorMessage: message },
    });
  });

  it.each([
    ['redirect_uri=https://app.example/', 'Client id missing'],
    ['client_id=nobody', "Client doesn't exist"],
    ['client_id=account&redirect_uri=https://evil.example/', 'Invalid redirect uri.'],
    ['client_id=account&client_id=account', "Client doesn't exist"],
    ['lifespan=soon', 'lifespan: a whole number of seconds was expected'],
    ['lifespan=-1', 'lifespan: a whole number of seconds was expected'],
  ])('are refused with %s', async (query, error) => {
    expect(await world.ask('PUT', `${USER}/execute-actions-email?${query}`, [])).toMatchObject({
      status: 400,
      body: { error },
    });
    expect(sent).toEqual([]);
  });

  it.each([{}, 'text', [1]])('take a list of names and nothing else: %j', async (body) => {
    expect((await world.ask('PUT', `${USER}/execute-actions-email`, body)).status).toBe(400);
  });

  it('are nobody’s who has no id', async () => {
    expect((await world.ask('PUT', '/acme/users/nobody/execute-actions-email', [])).status).toBe(404);
  });
});
