import { createHash, createHmac, randomBytes, timingSafeEqual } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { Keyring } from '@tumbler/sealing';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { GatewayConfig } from '../config.js';

/** 256 bits (ASVS 7.2.3 asks for 128). */
const SECRET_BYTES = 32;

/** The two cookies of a browser: the secret that its logins are tied to, and, for each realm, the session. */
@Injectable()
export class Cookies {
  private readonly key: Buffer;
  private readonly prefix: string;
  private readonly attributes: { path: '/'; httpOnly: true; sameSite: 'lax'; secure: boolean };

  constructor(config: GatewayConfig, keys: Keyring) {
    this.key = keys.derive('browser cookies');
    // `__Host-` keeps a neighbouring subdomain from planting a cookie here; it needs https.
    this.prefix = config.https ? '__Host-' : '';
    this.attributes = { path: '/', httpOnly: true, sameSite: 'lax', secure: config.https };
  }

  /** The secret of this browser, given to it now where it has none that came from us (C-04). */
  browserSecret(request: FastifyRequest, reply: FastifyReply): string {
    const brought = this.broughtSecret(request);
    if (brought) return brought;
    const secret = randomBytes(SECRET_BYTES).toString('base64url');
    void reply.setCookie(this.browserName, `${secret}.${this.mark(secret)}`, this.attributes);
    return secret;
  }

  session(request: FastifyRequest, realmId: string): string | undefined {
    return request.cookies[this.sessionName(realmId)];
  }

  /** @param seconds how long a browser that is closed remembers it; absent: not at all. */
  setSession(reply: FastifyReply, realmId: string, token: string, seconds?: number): void {
    void reply.setCookie(this.sessionName(realmId), token, { ...this.attributes, maxAge: seconds });
  }

  clearSession(reply: FastifyReply, realmId: string): void {
    void reply.clearCookie(this.sessionName(realmId), this.attributes);
  }

  private get browserName(): string {
    return `${this.prefix}tumbler-browser`;
  }

  /** By id and not by name, since a realm can be renamed and a name can hold what a cookie's name cannot. */
  private sessionName(realmId: string): string {
    return `${this.prefix}tumbler-session-${realmId}`;
  }

  private broughtSecret(request: FastifyRequest): string | undefined {
    const [secret = '', mark = ''] = (request.cookies[this.browserName] ?? '').split('.');
    const [given, right] = [Buffer.from(mark), Buffer.from(this.mark(secret))];
    return given.length === right.length && timingSafeEqual(given, right) ? secret : undefined;
  }

  private mark(secret: string): string {
    return createHmac('sha256', this.key).update(secret).digest('base64url');
  }
}

/** What the flows service knows a browser by: it never learns the secret itself. */
export const browserHash = (secret: string): string =>
  createHash('sha256').update(secret).digest('base64url');
