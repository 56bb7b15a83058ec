// Another service listens to Tumbler: node docs/examples/subscriber.mjs
// NATS_URL, NATS_PASSWORD: see docs/guides/listen-to-events.md. EVENTS chooses: LOGIN, user.*, or > for all.
import { AckPolicy, DeliverPolicy, jetstream, jetstreamManager } from '@nats-io/jetstream';
import { connect } from '@nats-io/transport-node';

const {
  NATS_URL = 'nats://127.0.0.1:4222',
  NATS_USER = 'subscriber',
  NATS_PASSWORD,
  EVENTS = '>',
} = process.env;

const nats = await connect({
  servers: NATS_URL,
  user: NATS_USER,
  pass: NATS_PASSWORD,
  // The user may read answers below this prefix only.
  inboxPrefix: `_INBOX_${NATS_USER}`,
  maxReconnectAttempts: -1,
});

// A place in the stream that is kept while this program is away. It must have the name of the user.
const manager = await jetstreamManager(nats, { checkAPI: false });
await manager.consumers.add('AUTH_EVENTS', {
  durable_name: NATS_USER,
  ack_policy: AckPolicy.Explicit,
  deliver_policy: DeliverPolicy.All,
  filter_subject: `auth.*.${EVENTS}`,
});
const consumer = await jetstream(nats, { checkAPI: false }).consumers.get('AUTH_EVENTS', NATS_USER);
const messages = await consumer.consume();
for (const signal of ['SIGINT', 'SIGTERM']) process.once(signal, () => void messages.close());

for await (const message of messages) {
  const { id, time, type, subject, realmid, data } = message.json();
  console.log(
    JSON.stringify({
      time,
      type,
      realm: realmid,
      about: subject,
      details: data.details,
      error: data.error,
      id,
    }),
  );
  // After the work is done: what is not acknowledged comes again.
  message.ack();
}
await nats.close();
