import { Logger } from '@nestjs/common';
import { MessagePattern } from '@nestjs/microservices';
import { validated, type Rpc } from '@tumbler/contract-rpc';
import { AppError } from '@tumbler/errors';
import { newRequestId, requestId, withRequestId } from './request-id.js';

const ANSWERS = Symbol('answers');
const log = new Logger('bus');

/** How an answer travels. */
export interface Packet<A = unknown> {
  err?: unknown;
  response?: A;
}

/** What a handler is called with when a question came over NATS; it answers with a `Packet` then. */
export class Asked {
  /** @param requestId of the request that it belongs to; empty where its asker names none */
  constructor(
    readonly question: unknown,
    readonly requestId: string,
  ) {}
}

type Handler<Q, A> = (question: Q) => Promise<A> | A;

/**
 * Marks the method that answers a question of a contract. A method with the wrong reply type does not compile; a
 * message of the wrong form is answered `invalid_request` before the method sees it; an error leaves as an `AppError`.
 */
export function Answers<Q extends object, A>(rpc: Rpc<Q, A>) {
  return <M extends Handler<Q, A>>(
    target: object,
    name: string,
    method: TypedPropertyDescriptor<M>,
  ): void => {
    const handler = method.value!;
    const answer = async function (this: object, message: unknown): Promise<A> {
      return handler.call(this, await validated(rpc.payload, message));
    };
    Reflect.defineMetadata(ANSWERS, { rpc, answer }, target, name);

    // Everything that arrives over NATS goes through here; among themselves handlers call the method as it is written.
    method.value = function (this: object, asked: Q | Asked): unknown {
      if (!(asked instanceof Asked)) return handler.call(this, asked);
      return withRequestId(asked.requestId || newRequestId(), async (): Promise<Packet<A>> => {
        try {
          return { response: await answer.call(this, asked.question) };
        } catch (error) {
          return { err: asAppError(error, rpc.subject).toWire() };
        }
      });
    } as Handler<Q, unknown> as M;
    MessagePattern(rpc.subject)(target, name, method);
  };
}

export interface AnsweredRpc {
  rpc: Rpc<object, unknown>;
  answer: (this: object, message: unknown) => Promise<unknown>;
}

/** The questions that an instance answers, for the bus without NATS. */
export function answersOf(handlers: object): AnsweredRpc[] {
  const prototype = Object.getPrototypeOf(handlers) as object;
  return Object.getOwnPropertyNames(prototype)
    .map((name) => Reflect.getMetadata(ANSWERS, prototype, name) as AnsweredRpc | undefined)
    .filter((found) => found !== undefined);
}

/** Logs what nobody foresaw (subject and stack, never the message, which may hold a password) and hides it from the caller. */
export function asAppError(error: unknown, subject: string): AppError {
  if (error instanceof AppError) return error;
  if (isDatabaseGone(error))
    return new AppError('service_unavailable', { message: 'The database does not answer' });
  log.error(
    `${subject} failed, request ${requestId()}: ${error instanceof Error ? error.stack : String(error)}`,
  );
  return new AppError('internal');
}

/** A lost or refused connection to Postgres, or Postgres starting or stopping (SQLSTATE classes 08 and 57P). */
function isDatabaseGone(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  const code = 'code' in error ? String(error.code) : '';
  return (
    /^(08|57P)/.test(code) ||
    ['ECONNREFUSED', 'ECONNRESET', 'EPIPE', 'ENOTFOUND'].includes(code) ||
    // A socket in the file system goes with its server.
    (code === 'ENOENT' && 'syscall' in error && error.syscall === 'connect') ||
    /Connection terminated|timeout exceeded when trying to connect|Client has encountered a connection error/.test(
      error.message,
    )
  );
}
