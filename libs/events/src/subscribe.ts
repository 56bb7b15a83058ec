import { Logger } from '@nestjs/common';
import {
  AckPolicy,
  DeliverPolicy,
  jetstream,
  jetstreamManager,
  type ConsumerMessages,
  type JsMsg,
} from '@nats-io/jetstream';
import type { NatsConnection } from '@nats-io/transport-node';
import { everyRealm, STREAM, type CloudEvent, type EventFilter } from '@tumbler/contract-events';
import { ensureStream } from './stream.js';

export interface Subscription {
  stop(): Promise<void>;
}

export interface SubscribeOptions {
  /** Names the place in the stream; instances of one service that use the same name share the events. */
  durable: string;
  filter: EventFilter;
}

const RETRY_MS = 1_000;
const MOST_AT_ONCE = 200;

/**
 * Calls `handle` with events in the order of the stream, as many at once as have gathered, at least once each: a handler
 * must bear to see an event twice. When it throws, the same events come again.
 */
export function subscribe(
  nats: NatsConnection,
  { durable, filter }: SubscribeOptions,
  handle: (events: CloudEvent[]) => Promise<void>,
): Subscription {
  const log = new Logger(`subscriber ${durable}`);
  let stopped = false;
  let messages: ConsumerMessages | undefined;

  async function handleBatch(batch: JsMsg[]): Promise<void> {
    try {
      await handle(batch.map((message) => message.json<CloudEvent>()));
      batch.forEach((message) => message.ack());
    } catch (error) {
      log.warn(
        `will see ${batch.length} events again: ${error instanceof Error ? error.message : String(error)}`,
      );
      batch.forEach((message) => message.nak(RETRY_MS));
    }
  }

  async function listen(): Promise<void> {
    await ensureStream(nats);
    const manager = await jetstreamManager(nats, { checkAPI: false });
    await manager.consumers.add(STREAM, {
      durable_name: durable,
      ack_policy: AckPolicy.Explicit,
      deliver_policy: DeliverPolicy.All,
      max_ack_pending: MOST_AT_ONCE * 5,
      filter_subject: everyRealm(filter),
    });
    const consumer = await jetstream(nats).consumers.get(STREAM, durable);
    // A NATS that has lost its disk knows neither the stream nor our place in it: both are made anew then.
    messages = await consumer.consume({ max_messages: MOST_AT_ONCE, abort_on_missing_resource: true });
    // `stop` found nothing to close while all this was under way, and waits for it to end.
    if (stopped) void messages.close();
    await inBatches(messages, handleBatch);
  }

  const running = (async () => {
    while (!stopped) {
      await listen().catch((error: Error) => stopped || log.warn(`starts again: ${error.message}`));
      if (!stopped) await new Promise((resolve) => setTimeout(resolve, RETRY_MS));
    }
  })();
  return {
    async stop() {
      stopped = true;
      await messages?.close();
      await running;
    },
  };
}

/** Hands over, in one piece, whatever arrived while the last batch was worked on. */
async function inBatches(
  messages: AsyncIterable<JsMsg>,
  work: (batch: JsMsg[]) => Promise<void>,
): Promise<void> {
  const waiting: JsMsg[] = [];
  let working: Promise<void> | undefined;
  const drain = async (): Promise<void> => {
    while (waiting.length > 0) await work(waiting.splice(0, MOST_AT_ONCE));
    working = undefined;
  };
  for await (const message of messages) {
    waiting.push(message);
    working ??= drain();
  }
  await working;
}
