import { Injectable } from '@nestjs/common';
import { Keyring } from '@tumbler/sealing';
import type { FastifyRequest } from 'fastify';
import { MarkedSecrets } from './marked-secrets.js';

/**
 * Names whoever drives a login without cookies, in each of its requests; `new` asks for a name. No page of another site
 * can send it without being asked first (CORS), and no browser sends it by itself.
 */
export const CALLER = 'tumbler-caller';

export interface Caller {
  /** What the login is tied to, as to the cookie of a browser. */
  secret: string;
  /** What the caller sends along from now on. A secret. */
  marked: string;
}

export const isCaller = ({ headers }: FastifyRequest): boolean => headers[CALLER] !== undefined;

/** Whoever signs in by an application of their own instead of a browser: they have a secret where a browser has a cookie. */
@Injectable()
export class Callers {
  private readonly secrets: MarkedSecrets;

  constructor(keys: Keyring) {
    // Not the key of the cookies: nobody can plant what they were named as a cookie of somebody else.
    this.secrets = new MarkedSecrets(keys.derive('callers'));
  }

  /** Undefined for a browser. A name that is none of ours is worth as much as none, and gets a new one. */
  of(request: FastifyRequest): Caller | undefined {
    if (!isCaller(request)) return undefined;
    const marked = String(request.headers[CALLER]);
    const secret = this.secrets.read(marked);
    return secret === undefined ? this.secrets.make() : { secret, marked };
  }
}
