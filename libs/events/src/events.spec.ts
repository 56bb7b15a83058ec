import 'reflect-metadata';
import { randomUUID } from 'node:crypto';
import { CloudEvent as StandardCloudEvent } from 'cloudevents';
import { jetstream, jetstreamManager } from '@nats-io/jetstream';
import { connect, type NatsConnection } from '@nats-io/transport-node';
import { STREAM, subjectOf, type CloudEvent, type Told } from '@tumbler/contract-events';
import { StoppedClock } from '@tumbler/clock';
import { freshDatabase, freshNats, testNats, type BusUser, type FreshDatabase } from '@tumbler/test-bed';
import { DataSource } from 'typeorm';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { hear, Outbox, OutboxRelay, OutboxRow, subscribe } from './index.js';

let realmId: string;
const removed = (userId: string): Told => ({
  type: 'user.removed',
  realmId,
  subject: userId,
  data: { userId },
});

let database: FreshDatabase;
let db: DataSource;
let nats: NatsConnection;
let outbox: Outbox;
let relay: OutboxRelay;

function connectAs(user: BusUser): Promise<NatsConnection> {
  const { NATS_URL, NATS_USER, NATS_PASSWORD } = testNats(user);
  return connect({ servers: NATS_URL, user: NATS_USER, pass: NATS_PASSWORD, inboxPrefix: `_INBOX_${user}` });
}

/** Collects what a subscriber hears of this test's realm. */
function listen(connection: NatsConnection, durable = `test-${randomUUID()}`) {
  const heard: CloudEvent[] = [];
  const subscription = subscribe(connection, { durable, filter: '>' }, async (events) => {
    heard.push(...events.filter((event) => event.realmid === realmId));
  });
  return { heard, stop: () => subscription.stop() };
}

beforeEach(async () => {
  realmId = randomUUID();
  database = await freshDatabase();
  db = await new DataSource({ type: 'postgres', url: database.url, entities: [OutboxRow] }).initialize();
  await db.query(`
    create table outbox (
      seq bigint generated always as identity primary key,
      event jsonb not null,
      published_at timestamptz
    )`);
  await db.query('create index outbox_unpublished on outbox (seq) where published_at is null');
  nats = await connectAs('users');
  outbox = new Outbox('users', db, new StoppedClock(new Date('2026-01-02T03:04:05Z')));
  relay = new OutboxRelay(db, nats, outbox);
});

afterEach(async () => {
  await relay.stop();
  await nats.close();
  await db.destroy();
  await database.drop();
});

describe('the outbox', () => {
  it('keeps nothing of a transaction that failed, and all of one that did not', async () => {
    const failing = outbox.transaction(async (_, tell) => {
      await tell(removed('ann'));
      throw new Error('and then the power went out');
    });
    await expect(failing).rejects.toThrow('power');
    await outbox.transaction((_, tell) => tell(removed('bob')));
    expect(await db.query(`select event->>'subject' as who from outbox`)).toEqual([{ who: 'bob' }]);
  });

  it('writes events that another CloudEvents implementation accepts', async () => {
    await outbox.tell(removed('ann'));
    const [{ event }] = await db.query('select event from outbox');
    const read = new StandardCloudEvent(event);
    expect(read.validate()).toBe(true);
    expect(read).toMatchObject({
      source: 'tumbler/users',
      type: 'user.removed',
      time: '2026-01-02T03:04:05.000Z',
    });
  });
});

describe('the relay', () => {
  it('carries events to a subscriber in the order of their commits, each once', async () => {
    const elsewhere = await connectAs('flows');
    const { heard, stop } = listen(elsewhere);
    relay.start();
    const names = Array.from({ length: 450 }, (_, i) => `user-${i}`);
    for (let i = 0; i < names.length; i += 45) await outbox.tell(...names.slice(i, i + 45).map(removed));
    await vi.waitFor(() => expect(heard.map((event) => event.subject)).toEqual(names), { timeout: 10_000 });
    await stop();
    await elsewhere.close();
  });

  it('sends what an instance that died left behind', async () => {
    await outbox.tell(removed('left-behind'));
    const { heard, stop } = listen(nats);
    relay.start();
    await vi.waitFor(() => expect(heard.map((event) => event.subject)).toContain('left-behind'), {
      timeout: 10_000,
    });
    await stop();
  });

  it.each([
    ['with nobody who listens', false],
    ['and so do those who listen', true],
  ])('goes on when NATS comes back without its disk, %s', { timeout: 90_000 }, async (_who, listens) => {
    const ours = await freshNats();
    const connectTo = (user: BusUser) => {
      const { NATS_URL, NATS_USER, NATS_PASSWORD } = ours.as(user);
      return connect({
        ...{ servers: NATS_URL, user: NATS_USER, pass: NATS_PASSWORD, inboxPrefix: `_INBOX_${user}` },
        ...{ maxReconnectAttempts: -1, reconnectTimeWait: 100 },
      });
    };
    const [here, elsewhere] = [await connectTo('users'), await connectTo('flows')];
    const own = new OutboxRelay(db, here, outbox);
    const listener = listens ? listen(elsewhere) : undefined;
    const carries = async (subject: string) => {
      await outbox.tell(removed(subject));
      return async () => {
        const [row] = await db.query(
          `select published_at from outbox where event->>'subject' = $1 and published_at is not null`,
          [subject],
        );
        expect(row).toBeDefined();
        if (listener) expect(listener.heard.map((event) => event.subject)).toContain(subject);
      };
    };
    try {
      own.start();
      await vi.waitFor(await carries('before'), { timeout: 10_000 });
      await ours.crash();
      const meanwhile = await carries('meanwhile');
      await ours.startEmpty();
      await vi.waitFor(meanwhile, { timeout: 60_000 });
      await vi.waitFor(await carries('after'), { timeout: 10_000 });
    } finally {
      await listener?.stop();
      await own.stop();
      await Promise.all([here.close(), elsewhere.close()]);
      await ours.drop();
    }
  });

  it('lets the stream keep an event once, though it was sent twice', async () => {
    relay.start();
    await outbox.tell(removed('twice'));
    const sent = () => db.query('select 1 from outbox where published_at is not null');
    await vi.waitFor(async () => expect(await sent()).toHaveLength(1), { timeout: 10_000 });
    const [{ event }] = await db.query('select event from outbox');
    const again = await jetstream(nats).publish(subjectOf(realmId, 'user.removed'), JSON.stringify(event), {
      msgID: event.id,
    });
    expect(again.duplicate).toBe(true);
  });
});

describe('a subscriber', () => {
  it('hears an event again when it could not handle it', async () => {
    let attempts = 0;
    const handled: string[] = [];
    const subscription = subscribe(
      nats,
      { durable: `test-${randomUUID()}`, filter: 'user.*' },
      async (events) => {
        const ours = events.filter((event) => event.subject === 'stubborn');
        if (ours.length > 0 && ++attempts === 1) throw new Error('not now');
        handled.push(...ours.map((event) => event.id));
      },
    );
    relay.start();
    await outbox.tell(removed('stubborn'));
    await vi.waitFor(() => expect(handled).toHaveLength(1), { timeout: 10_000 });
    expect(attempts).toBe(2);
    await subscription.stop();
  });

  it('goes on where it stopped', async () => {
    const durable = `test-${randomUUID()}`;
    relay.start();
    const before = listen(nats, durable);
    await outbox.tell(removed('first'));
    await vi.waitFor(() => expect(before.heard.at(-1)?.subject).toBe('first'), { timeout: 10_000 });
    await before.stop();
    await outbox.tell(removed('second'));
    const after = listen(nats, durable);
    await vi.waitFor(() => expect(after.heard.map((event) => event.subject)).toEqual(['second']), {
      timeout: 10_000,
    });
    await after.stop();
  });

  it('stops when told to, also while it is only beginning to listen', async () => {
    for (const turns of [0, 1, 5, 20]) {
      const subscription = listen(nats);
      for (let turn = 0; turn < turns; turn++) await nats.flush();
      await subscription.stop();
    }
  });

  it('that only hears, hears in every instance', async () => {
    const instances = [await connectAs('subscriber'), await connectAs('subscriber')];
    const heard: CloudEvent[] = [];
    for (const instance of instances) {
      hear(instance, 'user.*', (event) => heard.push(event));
      await instance.flush();
    }
    relay.start();
    await outbox.tell(removed('ann'));
    await vi.waitFor(() => expect(heard.map((event) => event.subject)).toEqual(['ann', 'ann']));
    await Promise.all(instances.map((instance) => instance.close()));
  });

  it('with the read-only user can tell no event and change no stream', async () => {
    const subscriber = await connectAs('subscriber');
    const forged = jetstream(subscriber, { timeout: 500 }).publish(subjectOf(realmId, 'LOGIN'), '{}');
    await expect(forged).rejects.toThrow();
    const manager = await jetstreamManager(subscriber, { checkAPI: false, timeout: 500 });
    await expect(manager.streams.delete(STREAM)).rejects.toThrow();
    await expect(manager.streams.purge(STREAM)).rejects.toThrow();
    await subscriber.close();
  });
});
