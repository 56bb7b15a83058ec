import { Logger } from '@nestjs/common';
import { AuthorizationError, connect, type NatsConnection } from '@nats-io/transport-node';
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

/**
 * The connection of a service for as long as it runs. Throws when NATS refuses the password now. When it refuses it
 * later, the connection asks again until it is let in: the passwords of a server can be wrong for a while and right again.
 */
export async function openConnection(name: string, config: BusConfig): Promise<NatsConnection> {
  const options = connectionOptions(name, config);
  // The client gives up at the second refusal or never, at the start as later: the first connection is one that does.
  const trial = await connect(options);
  await trial.close();
  const nats = await connect({ ...options, ignoreAuthErrorAbort: true });
  void tellOfRefusals(nats, name);
  return nats;
}

/** Once for each time that it lasts, since NATS is asked four times a second. Until the connection is closed. */
async function tellOfRefusals(nats: NatsConnection, name: string): Promise<void> {
  const log = new Logger('bus');
  let refused = false;
  for await (const status of nats.status()) {
    if (status.type === 'error' && status.error instanceof AuthorizationError && !refused) {
      refused = true;
      log.error(`NATS refuses the password of ${name}, and is asked again until it does not`);
    }
    if (status.type === 'reconnect' && refused) {
      refused = false;
      log.log(`NATS lets ${name} in again`);
    }
  }
}
