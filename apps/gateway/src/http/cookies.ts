import { createHash } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { Keyring } from '@tumbler/sealing';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { GatewayConfig } from '../config.js';
import { MarkedSecrets } from './marked-secrets.js';

const YEAR = 365 * 24 * 3600;

/** The two cookies of a browser: the secret that its logins are tied to, and, for each realm, the session. */
@Injectable()
export class Cookies {
  private readonly secrets: MarkedSecrets;
  private readonly prefix: string;
  private readonly attributes: { path: '/'; httpOnly: true; sameSite: 'lax'; secure: boolean };

  constructor(config: GatewayConfig, keys: Keyring) {
    this.secrets = new MarkedSecrets(keys.derive('browser cookies'));
    // `__Host-` keeps a neighbouring subdomain from planting a cookie here; it needs https.
    this.prefix = config.https ? '__Host-' : '';
    this.attributes = { path: '/', httpOnly: true, sameSite: 'lax', secure: config.https };
  }

  /** The secret of this browser, given to it now where it has none that came from us (C-04). */
  browserSecret(request: FastifyRequest, reply: FastifyReply): string {
    const brought = this.secrets.read(request.cookies[this.browserName] ?? '');
    if (brought) return brought;
    const { secret, marked } = this.secrets.make();
    void reply.setCookie(this.browserName, marked, this.attributes);
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

  /** The language that was picked in this browser. */
  locale(request: FastifyRequest): string | undefined {
    return request.cookies[this.localeName];
  }

  setLocale(reply: FastifyReply, language: string): void {
    void reply.setCookie(this.localeName, language, { ...this.attributes, maxAge: YEAR });
  }

  private get localeName(): string {
    return `${this.prefix}tumbler-locale`;
  }

  private get browserName(): string {
    return `${this.prefix}tumbler-browser`;
  }

  /** By id and not by name, since a realm can be renamed and a name can hold what a cookie's name cannot. */
  private sessionName(realmId: string): string {
    return `${this.prefix}tumbler-session-${realmId}`;
  }
}

/** What the flows service knows a browser by: it never learns the secret itself. */
export const browserHash = (secret: string): string =>
  createHash('sha256').update(secret).digest('base64url');
