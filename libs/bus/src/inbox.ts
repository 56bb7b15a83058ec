import { randomBytes } from 'node:crypto';
import {
  ClosedConnectionError,
  ConnectionError,
  NoRespondersError,
  PermissionViolationError,
  TimeoutError,
  type Msg,
  type NatsConnection,
  type Subscription,
} from '@nats-io/transport-node';

interface Call {
  subject: string;
  timer: NodeJS.Timeout;
  answered: (message: Msg) => void;
  givenUp: (why: Error) => void;
}

interface AskOptions {
  /** Milliseconds after which the call is given up. */
  deadline: number;
  requestId: string;
}

/**
 * The calls of one connection that wait for an answer. One subscription hears all answers, each at a subject of its own:
 * `<inbox>.<call>.<request id>`. An inbox has a name that nobody guesses and calls are counted, which is enough, since
 * NATS lets a service answer only what it was asked. (docs/decisions/0014)
 */
export class Inbox {
  private readonly name: string;
  private readonly calls = new Map<string, Call>();
  private subscription?: Subscription;
  private count = 0;
  private away = false;

  /** @param prefix where NATS lets this user listen */
  constructor(
    private readonly nats: NatsConnection,
    prefix: string,
  ) {
    this.name = `${prefix}.${randomBytes(16).toString('hex')}`;
    void this.watch();
  }

  /** How many calls wait. */
  get waiting(): number {
    return this.calls.size;
  }

  /**
   * Rejects when there is no answer by the deadline; at once where nobody listens, NATS refuses the question, or the
   * connection is lost or closed. An answer to what was given up is passed over.
   */
  ask(subject: string, question: Uint8Array, { deadline, requestId }: AskOptions): Promise<Msg> {
    return new Promise((answered, givenUp) => {
      // What is asked while the server is away would be kept and sent when it is back, after the caller has given up.
      if (this.away) throw new ConnectionError('not connected');
      this.subscription ??= this.subscribe();
      const key = String(++this.count);
      this.nats.publish(subject, question, { reply: `${this.name}.${key}.${requestId}` });
      const timer = setTimeout(() => this.take(key)?.givenUp(new TimeoutError()), deadline);
      this.calls.set(key, { subject, timer, answered, givenUp });
    });
  }

  close(): Promise<void> {
    return this.nats.close();
  }

  private subscribe(): Subscription {
    return this.nats.subscribe(`${this.name}.>`, {
      callback: (refused, message) => {
        if (!refused) return this.answer(message);
        // It has ended then, and the next call makes another: what is refused now may be allowed later.
        this.subscription = undefined;
        this.giveUp(refused);
      },
    });
  }

  private answer(message: Msg): void {
    const { subject } = message;
    const start = this.name.length + 1;
    const call = this.take(subject.slice(start, subject.indexOf('.', start)));
    if (!call) return;
    if (isNoResponders(message)) call.givenUp(new NoRespondersError(call.subject));
    else call.answered(message);
  }

  private take(key: string): Call | undefined {
    const call = this.calls.get(key);
    if (!call) return undefined;
    clearTimeout(call.timer);
    this.calls.delete(key);
    return call;
  }

  /** All calls, or those with one subject. */
  private giveUp(why: Error, subject?: string): void {
    for (const [key, call] of this.calls) {
      if (subject === undefined || subject === call.subject) this.take(key)!.givenUp(why);
    }
  }

  /** Until the connection is closed. Answers that were on their way when it was lost do not come any more. */
  private async watch(): Promise<void> {
    for await (const status of this.nats.status()) {
      if (status.type === 'disconnect') this.leave(new ConnectionError('connection lost'));
      if (status.type === 'reconnect') this.away = false;
      if (status.type === 'error' && isRefusedQuestion(status.error)) {
        this.giveUp(status.error, status.error.subject);
      }
    }
    this.leave(new ClosedConnectionError());
  }

  private leave(why: Error): void {
    this.away = true;
    this.giveUp(why);
  }
}

/** The id of the request that a question belongs to: the last token of the subject where its answer is awaited. */
export function requestIdOf({ reply = '' }: Msg): string {
  return reply.slice(reply.lastIndexOf('.') + 1);
}

/** NATS says so in place of a service. */
const isNoResponders = ({ data, headers }: Msg): boolean => data.length === 0 && headers?.code === 503;

const isRefusedQuestion = (error: Error): error is PermissionViolationError =>
  error instanceof PermissionViolationError && error.operation === 'publish';
