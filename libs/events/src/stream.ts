import {
  JetStreamApiCodes,
  JetStreamApiError,
  jetstreamManager,
  RetentionPolicy,
  StorageType,
} from '@nats-io/jetstream';
import type { NatsConnection } from '@nats-io/transport-node';
import { STREAM } from '@tumbler/contract-events';

const WEEK_NS = 7 * 24 * 3600 * 1e9;
const TWO_MINUTES_NS = 120 * 1e9;

/** Creates the stream if it is not there yet; safe to call from every service at once. */
export async function ensureStream(nats: NatsConnection): Promise<void> {
  const manager = await jetstreamManager(nats, { checkAPI: false });
  // Asked first, since a subscriber may look at the stream and not make it.
  if (await manager.streams.info(STREAM).catch(isMissing)) return;
  await manager.streams.add({
    name: STREAM,
    subjects: ['auth.>'],
    retention: RetentionPolicy.Limits,
    storage: StorageType.File,
    max_age: WEEK_NS,
    duplicate_window: TWO_MINUTES_NS,
  });
}

/** Answers undefined when there is no such stream; any other error rises. */
function isMissing(error: unknown): undefined {
  if (error instanceof JetStreamApiError && error.code === JetStreamApiCodes.StreamNotFound) return undefined;
  throw error;
}
