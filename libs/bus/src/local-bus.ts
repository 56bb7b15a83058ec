import { validated, type Rpc } from '@tumbler/contract-rpc';
import { AppError } from '@tumbler/errors';
import { answersOf, asAppError } from './answers.js';
import { Bus } from './bus.js';

type Answer = (message: unknown) => unknown;

/**
 * The same handlers with no NATS between, for tests: messages are validated, and turned to JSON and back, as on the
 * real bus. `stub` stands in for a service that is not there; its types are those of the contract.
 */
export class LocalBus extends Bus {
  private readonly answers = new Map<string, Answer>();
  /** The subjects that were called, in order: a test counts the hops of a request with it. */
  readonly calls: string[] = [];

  /** Answers with everything that `handlers` (an instance whose methods are marked `@Answers`) answers. */
  plug(handlers: object): this {
    for (const { rpc, answer } of answersOf(handlers)) {
      this.answers.set(rpc.subject, (message) => answer.call(handlers, message));
    }
    return this;
  }

  stub<Q extends object, A>(rpc: Rpc<Q, A>, answer: (question: Q) => A | Promise<A>): this {
    this.answers.set(rpc.subject, async (message) => answer(await validated(rpc.payload, message)));
    return this;
  }

  async call<Q extends object, A>(rpc: Rpc<Q, A>, question: Q): Promise<A> {
    this.calls.push(rpc.subject);
    const answer = this.answers.get(rpc.subject);
    if (!answer) throw new AppError('service_unavailable', { message: `${rpc.subject} does not answer` });
    try {
      return overTheWire(await answer(overTheWire(question))) as A;
    } catch (error) {
      throw AppError.fromWire(asAppError(error, rpc.subject).toWire());
    }
  }
}

const overTheWire = (value: unknown): unknown =>
  value === undefined ? value : JSON.parse(JSON.stringify(value));
