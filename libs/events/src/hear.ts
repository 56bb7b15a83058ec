import { Logger } from '@nestjs/common';
import type { NatsConnection } from '@nats-io/transport-node';
import { everyRealm, type CloudEvent, type EventFilter } from '@tumbler/contract-events';

/**
 * Calls `handle` with each event that passes by while this process is connected: every instance of a service hears it,
 * and nobody hears it later. Good for dropping what is cached and for nothing that must not be missed.
 */
export function hear(nats: NatsConnection, filter: EventFilter, handle: (event: CloudEvent) => void): void {
  const subject = everyRealm(filter);
  nats.subscribe(subject, {
    callback: (error, message) => {
      if (error) new Logger('events').error(`${subject} is not heard: ${error.message}`);
      else handle(message.json<CloudEvent>());
    },
  });
}
