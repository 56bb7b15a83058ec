import type { Rpc } from '@tumbler/contract-rpc';

/** Milliseconds after which a call is given up. */
export const DEADLINE_MS = 5_000;

export interface CallOptions {
  /** Milliseconds after which the call is given up; `DEADLINE_MS` when absent. */
  deadline?: number;
}

/**
 * Asks another service. Every call has a deadline and none is repeated: a repeated OTP check would burn the code.
 * Throws the `AppError` that the other side threw, or `service_unavailable` when nobody answered in time.
 */
export abstract class Bus {
  abstract call<Q extends object, A>(rpc: Rpc<Q, A>, question: Q, options?: CallOptions): Promise<A>;
}
