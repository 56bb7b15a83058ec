// Another service listens, as the user that may read events and tell none.
import { jetstream, jetstreamManager } from '@nats-io/jetstream';
import { connect, type NatsConnection } from '@nats-io/transport-node';
import { STREAM, type CloudEvent } from '@tumbler/contract-events';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { closeBrowser, Visitor } from './visitor.js';
import { administrator, PASSWORD, RealmOfStory, system } from './world.js';

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
  const consumer = await jetstream(nats).consumers.get(STREAM, { filter_subjects: ['auth.>'] });
  const heard: CloudEvent[] = [];
  const messages = await consumer.consume();
  for await (const message of messages) {
    const event = message.json<CloudEvent>();
    if (event.subject === userId) heard.push(event);
    if (heard.at(-1)?.type === last) break;
  }
  await messages.close();
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

it('a subscriber may not tell events, nor ask services', async () => {
  const refused: string[] = [];
  void (async () => {
    for await (const status of nats.status()) if (status.type === 'error') refused.push(String(status.error));
  })();
  nats.publish('auth.forged.LOGIN', '{}');
  nats.publish('users.get', '{}');
  await nats.flush();
  await expect.poll(() => refused.join()).toMatch(/auth\.forged\.LOGIN[\s\S]*users\.get/);

  const manager = await jetstreamManager(nats, { checkAPI: false });
  await expect(manager.streams.delete(STREAM)).rejects.toThrow();
});
