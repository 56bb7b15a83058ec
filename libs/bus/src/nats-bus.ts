import type { OnApplicationShutdown } from '@nestjs/common';
import { connect, headers, type NatsConnection } from '@nats-io/transport-node';
import type { Rpc } from '@tumbler/contract-rpc';
import { AppError } from '@tumbler/errors';
import type { Packet } from './answers.js';
import { Bus, DEADLINE_MS, type CallOptions } from './bus.js';
import { connectionOptions, type BusConfig } from './connection.js';
import { newRequestId, REQUEST_ID, requestId } from './request-id.js';

/**
 * The bus of a running system: asks by the request of the NATS client, whose one inbox serves every call. Nest's
 * `ClientProxy` subscribes and unsubscribes for each call (docs/decisions/0014).
 */
export class NatsBus extends Bus implements OnApplicationShutdown {
  private connecting?: Promise<NatsConnection>;
  private away = false;

  constructor(
    private readonly caller: string,
    private readonly config: BusConfig,
  ) {
    super();
  }

  async call<Q extends object, A>(
    { subject }: Rpc<Q, A>,
    question: Q,
    { deadline = DEADLINE_MS }: CallOptions = {},
  ): Promise<A> {
    const id = requestId() ?? newRequestId();
    const packet = await this.ask<A>(subject, JSON.stringify(question), id, deadline);
    if (packet.err === undefined || packet.err === null) return packet.response as A;
    if (AppError.isWire(packet.err)) throw AppError.fromWire(packet.err);
    throw unavailable(subject, packet.err);
  }

  async onApplicationShutdown(): Promise<void> {
    const nats = await this.connecting?.catch(() => undefined);
    await nats?.close();
  }

  /** No responder, no answer in time, or no connection: the caller can only come back later. */
  private async ask<A>(subject: string, message: string, id: string, deadline: number): Promise<Packet<A>> {
    try {
      const nats = await within(deadline, (this.connecting ??= this.connect()));
      // What is asked while the server is away would be kept and sent when it is back, after the caller has given up.
      if (this.away) throw new Error('not connected');
      const head = headers();
      head.set(REQUEST_ID, id);
      const reply = await nats.request(subject, message, { timeout: deadline, headers: head });
      return reply.json<Packet<A>>();
    } catch (error) {
      throw unavailable(subject, error);
    }
  }

  private async connect(): Promise<NatsConnection> {
    try {
      const nats = await connect(connectionOptions(this.caller, this.config));
      void this.watch(nats);
      return nats;
    } catch (error) {
      this.connecting = undefined;
      throw error;
    }
  }

  private async watch(nats: NatsConnection): Promise<void> {
    for await (const { type } of nats.status()) {
      if (type === 'disconnect') this.away = true;
      if (type === 'reconnect') this.away = false;
    }
  }
}

const unavailable = (subject: string, cause: unknown): AppError =>
  new AppError('service_unavailable', { message: `${subject} does not answer` }, { cause });

async function within<T>(ms: number, promise: Promise<T>): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error('no connection in time')), ms);
  });
  try {
    return await Promise.race([promise, late]);
  } finally {
    clearTimeout(timer);
  }
}
