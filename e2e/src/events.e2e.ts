// Another service listens, as the user that may read events and tell none.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { AckPolicy, DeliverPolicy, jetstream, jetstreamManager } from '@nats-io/jetstream';
import { connect, type NatsConnection } from '@nats-io/transport-node';
import { STREAM, type CloudEvent } from '@tumbler/contract-events';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { closeBrowser, Visitor } from './visitor.js';
import { administrator, PASSWORD, RealmOfStory, system } from './world.js';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
let nats: NatsConnection;
let realm: RealmOfStory;

beforeAll(async () => {
  nats = await connect({
    servers: system.natsUrl,
    user: 'subscriber',
    pass: system.subscriberPassword,
    inboxPrefix: '_INBOX_subscriber',
  });
  realm = await RealmOfStory.create();
});
afterAll(async () => {
  await nats.close();
  await closeBrowser();
});

/** Reads the stream from its beginning until `last` has come, and answers what it told of one user. */
async function heardOf(userId: string, last: string): Promise<CloudEvent[]> {
  const manager = await jetstreamManager(nats, { checkAPI: false });
  await manager.consumers.add(STREAM, {
    durable_name: 'subscriber',
    ack_policy: AckPolicy.None,
    deliver_policy: DeliverPolicy.All,
  });
  const consumer = await jetstream(nats, { checkAPI: false }).consumers.get(STREAM, 'subscriber');
  const heard: CloudEvent[] = [];
  const messages = await consumer.consume();
  for await (const message of messages) {
    const event = message.json<CloudEvent>();
    if (event.subject === userId) heard.push(event);
    if (heard.at(-1)?.type === last) break;
  }
  await manager.consumers.delete(STREAM, 'subscriber');
  return heard;
}

it('a subscriber hears of the login, and the log keeps it in the same order', async () => {
  const id = await realm.createUser('eve', { requiredActions: ['CONFIGURE_TOTP'] });
  const eve = await Visitor.arrive();
  await eve.open(realm.accountUrl);
  await eve.signIn('eve', 'not the password');
  await eve.signIn('eve', PASSWORD);
  const phone = await eve.scanQrCode();
  await eve.confirmDevice(await phone.freshCode());
  await eve.leave();

  const story = ['LOGIN_ERROR', 'UPDATE_TOTP', 'UPDATE_CREDENTIAL', 'LOGIN'];
  const heard = (await heardOf(id, 'LOGIN')).filter(({ type }) => story.includes(type));
  expect(heard.map(({ type }) => type)).toEqual(story);

  const admin = await administrator();
  const kept = async () =>
    (await admin.realms.findEvents({ realm: realm.name, user: id })).map(({ type }) => type);
  await expect.poll(kept).toEqual([...story].reverse());

  const text = JSON.stringify(heard);
  for (const secret of [PASSWORD, 'not the password', phone.secret]) expect(text).not.toContain(secret);
});

it('the sample subscriber of the guide prints the login', async () => {
  const id = await realm.createUser('sam');
  const sample = spawn(process.execPath, [join(ROOT, 'docs/examples/subscriber.mjs')], {
    env: {
      PATH: process.env.PATH,
      NATS_URL: system.natsUrl,
      NATS_PASSWORD: system.subscriberPassword,
      EVENTS: 'LOGIN',
    },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const printed: { type: string; about: string; details: Record<string, string> }[] = [];
  createInterface({ input: sample.stdout }).on('line', (line) =>
    printed.push(JSON.parse(line) as (typeof printed)[number]),
  );
  const sam = await Visitor.arrive();
  await sam.open(realm.accountUrl);
  await sam.signIn('sam', PASSWORD);
  await sam.leave();

  const ofSam = () => printed.filter(({ about }) => about === id);
  await expect
    .poll(ofSam, { timeout: 15_000 })
    .toMatchObject([{ type: 'LOGIN', details: { username: 'sam' } }]);
  const ended = once(sample, 'exit');
  sample.kill('SIGTERM');
  expect(await ended).toEqual([0, null]);
});
