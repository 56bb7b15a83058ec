import { AsyncLocalStorage } from 'node:async_hooks';
import { randomUUID } from 'node:crypto';

const current = new AsyncLocalStorage<string>();

/** The HTTP header that says by which id a request can be followed through the logs of every service. */
export const REQUEST_ID = 'x-request-id';

export const newRequestId = (): string => randomUUID();

/** The id of the request that is being served here, if one is. */
export const requestId = (): string | undefined => current.getStore();

export const withRequestId = <T>(id: string, work: () => T): T => current.run(id, work);
