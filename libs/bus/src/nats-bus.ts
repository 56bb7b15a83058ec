import type { OnApplicationShutdown } from '@nestjs/common';
import type { Rpc } from '@tumbler/contract-rpc';
import { AppError } from '@tumbler/errors';
import type { Packet } from './answers.js';
import { Bus, DEADLINE_MS, type CallOptions } from './bus.js';
import { connectionOptions, openConnection, type BusConfig } from './connection.js';
import { Inbox } from './inbox.js';
import { newRequestId, requestId } from './request-id.js';

/** The bus of a running system: asks over NATS, with one inbox for all calls. (docs/decisions/0014) */
export class NatsBus extends Bus implements OnApplicationShutdown {
  private connecting?: Promise<Inbox>;
  private inbox?: Inbox;

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
    const packet = await this.ask<A>(subject, Buffer.from(JSON.stringify(question)), deadline);
    if (packet.err === undefined || packet.err === null) return packet.response as A;
    if (AppError.isWire(packet.err)) throw AppError.fromWire(packet.err);
    throw unavailable(subject, packet.err);
  }

  async onApplicationShutdown(): Promise<void> {
    const inbox = await this.connecting?.catch(() => undefined);
    await inbox?.close();
  }

  /** No responder, no answer in time, or no connection: the caller can only come back later. */
  private async ask<A>(subject: string, question: Uint8Array, deadline: number): Promise<Packet<A>> {
    try {
      const inbox = this.inbox ?? (await within(deadline, (this.connecting ??= this.connect())));
      const answer = await inbox.ask(subject, question, {
        deadline,
        requestId: requestId() || newRequestId(),
      });
      return answer.json<Packet<A>>();
    } catch (error) {
      throw unavailable(subject, error);
    }
  }

  private async connect(): Promise<Inbox> {
    try {
      const { inboxPrefix } = connectionOptions(this.caller, this.config);
      return (this.inbox = new Inbox(await openConnection(this.caller, this.config), inboxPrefix));
    } catch (error) {
      this.connecting = undefined;
      throw error;
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
