/** A class with class-validator marks: what a message must look like before a handler sees it. */
export type Payload<Q extends object = object> = new () => Q;

/** One question that a service answers: its subject, what is asked, and (as a type only) what comes back. */
export interface Rpc<Q extends object, A> {
  readonly subject: string;
  readonly payload: Payload<Q>;
  /** Present in types only, so that both ends agree on the answer. */
  readonly answer?: A;
}

interface RpcDraft<Q extends object, A> {
  readonly payload: Payload<Q>;
  readonly answer?: A;
}

/** `rpc(Verify).gives<Verified>()`: asked with a `Verify`, answered with a `Verified`. */
export function rpc<Q extends object>(payload: Payload<Q>) {
  return { gives: <A>(): RpcDraft<Q, A> => ({ payload }) };
}

type Drafts = Record<string, RpcDraft<object, unknown>>;
type Service<D> = { readonly [K in keyof D]: D[K] extends RpcDraft<infer Q, infer A> ? Rpc<Q, A> : never };

/** Gives each question its subject, `<service>.<question>`. Subjects are written nowhere else. */
export function service<D extends Drafts>(name: string, drafts: D): Service<D> {
  const questions = Object.entries(drafts).map(([question, draft]) => [
    question,
    { ...draft, subject: `${name}.${question}` },
  ]);
  return Object.fromEntries(questions) as Service<D>;
}
