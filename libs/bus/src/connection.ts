import type { ServiceConfig } from '@tumbler/config';

export type BusConfig = Pick<ServiceConfig, 'NATS_URL' | 'NATS_USER' | 'NATS_PASSWORD'>;

/**
 * How a service connects: as its own NATS user, with an inbox prefix of its own so that no other user may read the
 * answers it is given, and never giving up on a server that is away.
 */
export function connectionOptions(name: string, config: BusConfig) {
  return {
    name,
    servers: config.NATS_URL,
    ...(config.NATS_USER ? { user: config.NATS_USER, pass: config.NATS_PASSWORD } : {}),
    inboxPrefix: `_INBOX_${name}`,
    maxReconnectAttempts: -1,
    reconnectTimeWait: 250,
    waitOnFirstConnect: true,
    // A stack for each question, in case it fails, costs more than the question.
    noAsyncTraces: true,
  };
}
