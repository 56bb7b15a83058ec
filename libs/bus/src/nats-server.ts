import { setTimeout } from 'node:timers/promises';
import { Logger } from '@nestjs/common';
import { Server, type CustomTransportStrategy, type MessageHandler } from '@nestjs/microservices';
import type { Msg, NatsConnection, Subscription } from '@nats-io/transport-node';
import { asAppError, Asked, type Packet } from './answers.js';
import { DEADLINE_MS } from './bus.js';
import { openConnection, type BusConfig } from './connection.js';
import { requestIdOf } from './inbox.js';
import { withRequestId } from './request-id.js';

/**
 * Nest's way in from NATS, for handlers that are marked `@Answers`: what is asked arrives as JSON, and a `Packet` leaves.
 * Instances of one service share its work through a queue group. (docs/decisions/0014)
 */
export class NatsServer extends Server implements CustomTransportStrategy {
  private nats?: NatsConnection;
  private subscriptions: Subscription[] = [];
  private readonly answering = new Set<Promise<void>>();

  /** @param name the service: its NATS user and its queue group */
  constructor(
    private readonly name: string,
    private readonly config: BusConfig,
  ) {
    super();
  }

  listen(started: (error?: unknown) => void): void {
    this.open().then(() => started(), started);
  }

  /** In good order: what was taken is answered first, as long as somebody waits for it. */
  async close(): Promise<void> {
    const { nats } = this;
    if (!nats || nats.isClosed()) return;
    await Promise.all(this.subscriptions.map((subscription) => subscription.drain()));
    await Promise.race([Promise.all(this.answering), setTimeout(DEADLINE_MS, undefined, { ref: false })]);
    await nats.close();
  }

  override on(): void {
    throw new Error('the bus tells of nothing');
  }

  override unwrap<T>(): T {
    return this.nats as T;
  }

  private async open(): Promise<void> {
    const nats = await openConnection(this.name, this.config);
    this.nats = nats;
    this.subscriptions = [...this.messageHandlers].map(([subject, handler]) =>
      nats.subscribe(subject, {
        queue: this.name,
        callback: (error, message) => {
          if (error) new Logger('bus').error(`${subject} is not heard: ${error.message}`);
          else this.take(handler, message);
        },
      }),
    );
    // What is asked after `listen` must find somebody who answers.
    await nats.flush();
  }

  private take(handler: MessageHandler, message: Msg): void {
    const answering = this.answer(handler, message).finally(() => this.answering.delete(answering));
    this.answering.add(answering);
  }

  /** `@Answers` throws nothing, and when the connection is closed nobody waits for the answer any more. */
  private async answer(handler: MessageHandler, message: Msg): Promise<void> {
    const asked = new Asked(questionOf(message), requestIdOf(message));
    const packet = (await handler(asked)) as Packet;
    if (this.nats?.isClosed()) return;
    try {
      respond(message, packet);
    } catch (error) {
      // It is larger than NATS carries. Its asker would wait in vain, and an error that nobody catches ends a service.
      const failure = withRequestId(asked.requestId, () => asAppError(error, message.subject));
      respond(message, { err: failure.toWire() });
    }
  }
}

/** As bytes, which the NATS client takes as they are; of a text it would make them itself, at ten times the price. */
function respond(message: Msg, packet: Packet): void {
  message.respond(Buffer.from(JSON.stringify(packet)));
}

/** What is no JSON is the wrong form of every question. */
function questionOf(message: Msg): unknown {
  try {
    return message.json();
  } catch {
    return undefined;
  }
}
