import type { OnApplicationShutdown } from '@nestjs/common';
import { ClientProxyFactory, NatsRecordBuilder, Transport, type ClientProxy } from '@nestjs/microservices';
import { headers } from '@nats-io/transport-node';
import type { Rpc } from '@tumbler/contract-rpc';
import { AppError } from '@tumbler/errors';
import { firstValueFrom, timeout } from 'rxjs';
import { Bus, type CallOptions } from './bus.js';
import { connectionOptions, type BusConfig } from './connection.js';
import { newRequestId, REQUEST_ID, requestId } from './request-id.js';

const DEADLINE_MS = 5_000;

/** The bus of a running system. */
export class NatsBus extends Bus implements OnApplicationShutdown {
  private readonly client: ClientProxy;

  constructor(caller: string, config: BusConfig) {
    super();
    this.client = ClientProxyFactory.create({
      transport: Transport.NATS,
      options: connectionOptions(caller, config),
    });
  }

  async call<Q extends object, A>(
    rpc: Rpc<Q, A>,
    question: Q,
    { deadline = DEADLINE_MS }: CallOptions = {},
  ): Promise<A> {
    const head = headers();
    head.set(REQUEST_ID, requestId() ?? newRequestId());
    const message = new NatsRecordBuilder(question).setHeaders(head).build();
    try {
      return await firstValueFrom(this.client.send<A>(rpc.subject, message).pipe(timeout(deadline)), {
        defaultValue: undefined as A,
      });
    } catch (error) {
      if (AppError.isWire(error)) throw AppError.fromWire(error);
      // No responder, no answer in time, or no connection: the caller can only come back later.
      throw new AppError(
        'service_unavailable',
        { message: `${rpc.subject} does not answer` },
        { cause: error },
      );
    }
  }

  async onApplicationShutdown(): Promise<void> {
    await this.client.close();
  }
}
