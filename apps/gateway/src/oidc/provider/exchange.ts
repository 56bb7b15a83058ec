import { AsyncLocalStorage } from 'node:async_hooks';
import {
  IncomingMessage,
  ServerResponse,
  type IncomingHttpHeaders,
  type OutgoingHttpHeaders,
} from 'node:http';
import { Socket } from 'node:net';
import type { BroughtSession, FinishedLogin, FlowKind, Visitor } from '@tumbler/contract-flows';
import type { Realm } from '@tumbler/contract-users';
import type { AdapterPayload } from 'oidc-provider';

/** A request that waits for its user: what oidc-provider calls an interaction. */
export interface Pending {
  uid: string;
  payload: AdapterPayload;
  /** A device that waits for its user somewhere else, in place of an application that a redirect could go to. */
  device?: { id: string; userCode: string };
  /** What its user, or the address that it came to, chose instead of what the request says. */
  flow?: FlowKind;
}

/** What the provider can know of the request it answers, besides what is written in it. */
export interface Exchange {
  realm: Realm;
  visitor: Visitor;
  /** Who is signed in in the browser that asks. */
  session?: BroughtSession;
  /** Goes in with the user who is back from the login, or comes out where one is needed. */
  pending?: Pending;
  /** The level of authentication that the login for it has reached. */
  level?: number;
  /** What became of the action that the application asked for, to be told with the code. */
  action?: FinishedLogin['action'];
  /** The error that is to be shown, where it must not be sent to the client (O-04). */
  refusal?: { error: string; error_description?: string };
}

export interface ProviderRequest {
  /** What goes before it in addresses that are given out: `/realms/acme`. */
  mount?: string;
  method: 'GET' | 'POST' | 'OPTIONS';
  /** Below the realm: `/protocol/openid-connect/token`. */
  path: string;
  headers: IncomingHttpHeaders;
  /** A form. */
  body?: string;
}

export interface ProviderAnswer {
  status: number;
  headers: OutgoingHttpHeaders;
  body: string;
}

type Handler = (request: IncomingMessage, response: ServerResponse) => Promise<void>;

const exchanges = new AsyncLocalStorage<Exchange>();

/** The request that is being answered. */
export function exchange(): Exchange {
  const current = exchanges.getStore();
  if (!current) throw new Error('oidc-provider was asked outside of a request');
  return current;
}

/**
 * Lets the provider answer a request that need not be the one that came in: the last form of a login is answered with
 * what the authorization request before it was to lead to. Nothing is sent; the answer is handed back.
 */
export async function ask(handle: Handler, asked: ProviderRequest, about: Exchange): Promise<ProviderAnswer> {
  const request = new IncomingMessage(new Socket());
  request.method = asked.method;
  Object.assign(request, { url: asked.path, originalUrl: `${asked.mount ?? ''}${asked.path}` });
  request.headers = asked.headers;
  if (asked.body !== undefined) {
    request.headers['content-length'] = String(Buffer.byteLength(asked.body));
    request.push(asked.body);
  }
  request.push(null);
  const response = new Kept(request);
  await exchanges.run(about, () => handle(request, response));
  return { status: response.statusCode, headers: response.getHeaders(), body: response.text };
}

/** A response that is kept instead of sent. */
class Kept extends ServerResponse {
  text = '';

  override end(chunk?: unknown): this {
    if (typeof chunk === 'string' || Buffer.isBuffer(chunk)) this.text = chunk.toString();
    this.emit('finish');
    return this;
  }
}
