// deploy/nats.conf, asked of a real server: what each user may do, and what none may.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { AckPolicy, DeliverPolicy, jetstream, jetstreamManager } from '@nats-io/jetstream';
import { connect } from '@nats-io/transport-node';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { freePort } from './free-port.mjs';
import { NATS_USERS, natsPasswords, startNats } from './nats.mjs';

const passwords = natsPasswords();
const store = mkdtempSync(join(tmpdir(), 'tumbler-nats-'));
let server;
const connections = [];

beforeAll(async () => {
  server = await startNats({ port: await freePort(), store, passwords });
  const manager = await jetstreamManager(await as('flows'), { checkAPI: false });
  await manager.streams.add({ name: 'AUTH_EVENTS', subjects: ['auth.>'] });
  await manager.consumers.add('AUTH_EVENTS', { durable_name: 'flows-audit', ack_policy: AckPolicy.Explicit });
});
afterAll(async () => {
  await Promise.all(connections.map((nats) => nats.close()));
  await server.stop();
  rmSync(store, { recursive: true, force: true });
});

async function as(user) {
  const options = {
    servers: server.url,
    user,
    pass: passwords[user],
    inboxPrefix: `_INBOX_${user}`,
    timeout: 3_000,
  };
  const nats = await connect(options);
  connections.push(nats);
  return nats;
}

/** Lets what has arrived be told to those who listen. */
const turn = () => new Promise((resolve) => setImmediate(resolve));

/** True when the server lets this user say something on the subject; a refusal comes before the answer to a ping. */
async function mayPublish(user, subject) {
  const nats = await as(user);
  let refused = false;
  void (async () => {
    for await (const status of nats.status()) if (status.type === 'error') refused = true;
  })();
  nats.publish(subject, '{}');
  await nats.flush();
  await turn();
  return !refused;
}

async function maySubscribe(user, subject) {
  const nats = await as(user);
  let refused = false;
  const subscription = nats.subscribe(subject, { callback: (error) => (refused ||= Boolean(error)) });
  await nats.flush();
  await turn();
  subscription.unsubscribe();
  return !refused;
}

describe('nobody is let in', () => {
  it('without a user', async () => {
    await expect(connect({ servers: server.url, reconnect: false })).rejects.toThrow(/authorization/i);
  });

  it.each(NATS_USERS)('as %s with another password', async (user) => {
    const options = { servers: server.url, user, pass: 'not-it', reconnect: false };
    await expect(connect(options)).rejects.toThrow(/authorization/i);
  });
});

describe('asking', () => {
  it.each([
    ['gateway', { flows: true, users: true, credentials: true }],
    ['flows', { users: true, credentials: true }],
    ['users', {}],
    ['credentials', {}],
    ['subscriber', {}],
  ])('%s asks whom it is meant to ask, and nobody else', async (user, allowed) => {
    for (const service of ['gateway', 'flows', 'users', 'credentials']) {
      expect(await mayPublish(user, `${service}.get`), `${user} → ${service}`).toBe(
        allowed[service] ?? false,
      );
    }
  });

  it.each(NATS_USERS)(
    '%s answers its own questions only, and reads the answers to its own only',
    async (user) => {
      for (const other of NATS_USERS) {
        const answers = user === other && !['gateway', 'subscriber'].includes(user);
        expect(await maySubscribe(user, `${other}.get`), `${user} answering ${other}.get`).toBe(answers);
        expect(await maySubscribe(user, `_INBOX_${other}.>`), `${user} reading _INBOX_${other}`).toBe(
          user === other,
        );
      }
      expect(await maySubscribe(user, '>')).toBe(false);
    },
  );
});

describe('the stream of events', () => {
  it.each(NATS_USERS)('cannot be emptied or removed by %s', async (user) => {
    expect(await mayPublish(user, '$JS.API.STREAM.DELETE.AUTH_EVENTS')).toBe(false);
    expect(await mayPublish(user, '$JS.API.STREAM.PURGE.AUTH_EVENTS')).toBe(false);
    expect(await mayPublish(user, '$JS.API.STREAM.UPDATE.AUTH_EVENTS')).toBe(false);
  });

  it('is read by a subscriber from its beginning, from a place of its own name', async () => {
    const flows = await as('flows');
    await jetstream(flows, { checkAPI: false }).publish('auth.r1.LOGIN', '{"n":1}');

    const nats = await as('subscriber');
    const manager = await jetstreamManager(nats, { checkAPI: false });
    await manager.consumers.add('AUTH_EVENTS', {
      durable_name: 'subscriber',
      ack_policy: AckPolicy.Explicit,
      deliver_policy: DeliverPolicy.All,
      filter_subject: 'auth.*.LOGIN',
    });
    const consumer = await jetstream(nats, { checkAPI: false }).consumers.get('AUTH_EVENTS', 'subscriber');
    const message = await consumer.next({ expires: 5_000 });
    expect(message.json()).toEqual({ n: 1 });
    expect(await message.ackAck()).toBe(true);
  });

  it('hears nothing from a subscriber, who cannot touch the place of a service either', async () => {
    expect(await mayPublish('subscriber', 'auth.r1.LOGIN')).toBe(false);
    expect(await mayPublish('subscriber', '$JS.API.CONSUMER.DELETE.AUTH_EVENTS.flows-audit')).toBe(false);
    expect(await mayPublish('subscriber', '$JS.API.CONSUMER.MSG.NEXT.AUTH_EVENTS.flows-audit')).toBe(false);
    expect(await mayPublish('subscriber', '$JS.API.CONSUMER.CREATE.AUTH_EVENTS.flows-audit')).toBe(false);
    expect(await mayPublish('subscriber', '$JS.ACK.AUTH_EVENTS.flows-audit.1.1.1.1.1')).toBe(false);
  });
});
