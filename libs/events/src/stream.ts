import { jetstreamManager, RetentionPolicy, StorageType } from '@nats-io/jetstream';
import type { NatsConnection } from '@nats-io/transport-node';
import { STREAM } from '@tumbler/contract-events';

const WEEK_NS = 7 * 24 * 3600 * 1e9;
const TWO_MINUTES_NS = 120 * 1e9;

/** Creates the stream if it is not there yet; safe to call from every service at once. */
export async function ensureStream(nats: NatsConnection): Promise<void> {
  const manager = await jetstreamManager(nats, { checkAPI: false });
  await manager.streams.add({
    name: STREAM,
    subjects: ['auth.>'],
    retention: RetentionPolicy.Limits,
    storage: StorageType.File,
    max_age: WEEK_NS,
    duplicate_window: TWO_MINUTES_NS,
  });
}
