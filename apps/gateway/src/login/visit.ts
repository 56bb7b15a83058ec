import { Injectable } from '@nestjs/common';
import type { BroughtSession, Visitor } from '@tumbler/contract-flows';
import type { Realm } from '@tumbler/contract-users';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { GatewayConfig } from '../config.js';
import { Callers } from '../http/callers.js';
import { browserHash, Cookies } from '../http/cookies.js';
import { demandHttps } from '../realms/https-required.js';
import { loginRealm, mailedLinks } from '../realms/login-realm.js';
import { Realms } from '../realms/realms.js';
import type { Session } from '../sessions/session.js';
import { Sessions } from '../sessions/sessions.js';
import { languageOf, type Wishes } from '../texts/languages.js';
import { translate, type Translate } from '../texts/texts.js';
import { wishesOf } from './visit-language.js';
import { WebPages } from './web-pages.js';

/** One request of a browser, or of whoever stands in for one: in which realm, from which browser, and who is signed in there. */
export interface Visit {
  request: FastifyRequest;
  reply: FastifyReply;
  realm: Realm;
  realmName: string;
  /** Scheme, host and port of every address that is given out. */
  publicUrl: string;
  browserSecret: string;
  /** What a caller without cookies sends along; cookies are then neither read nor set. */
  caller?: string;
  session?: Session;
  /** What is known of the language that the visitor would like to read. */
  wishes: Wishes;
  t: Translate;
}

@Injectable()
export class Visits {
  constructor(
    private readonly realms: Realms,
    private readonly sessions: Sessions,
    private readonly cookies: Cookies,
    private readonly callers: Callers,
    private readonly pages: WebPages,
    private readonly config: GatewayConfig,
  ) {}

  /** Throws `realm_not_found`, and `forbidden` for a realm that is switched off or asks for https. */
  async begin(request: FastifyRequest, reply: FastifyReply, realmName: string): Promise<Visit> {
    const realm = await this.realms.enabledByName(realmName);
    demandHttps(realm, request);
    const caller = this.callers.of(request);
    if (caller) await this.pages.admit(request, reply, realm);
    const wishes = wishesOf(realm, { request, ...(caller ? {} : { reply }), cookies: this.cookies });
    const token = caller ? undefined : this.cookies.session(request, realm.id);
    return {
      request,
      reply,
      realm,
      realmName: realm.displayName || realm.name,
      publicUrl: this.config.publicUrl,
      browserSecret: caller?.secret ?? this.cookies.browserSecret(request, reply),
      caller: caller?.marked,
      session: token ? await this.sessions.byToken(realm, token) : undefined,
      wishes,
      t: translate(languageOf(realm, wishes)),
    };
  }
}

/** What every question to the flows service about a login begins with. */
export function askedBy(visit: Visit) {
  const { realm, session, browserSecret, request, publicUrl } = visit;
  return {
    realm: { ...loginRealm(realm), ...mailedLinks(realm, publicUrl) },
    browser: browserHash(browserSecret),
    visitor: { ...visitorOf(request), headers: headersOf(request) },
    ...(session ? { session: broughtSession(session) } : {}),
  };
}

export const visitorOf = (request: FastifyRequest): Visitor => ({
  address: request.ip,
  userAgent: request.headers['user-agent']?.slice(0, 512),
});

/** Cookies and credentials are for the gateway alone. */
const SECRET_HEADERS = new Set(['cookie', 'authorization', 'proxy-authorization']);
/** A flow may look at a header; none that is longer than this means anything to it. */
const LONGEST_HEADER = 512;

const headersOf = ({ headers }: FastifyRequest): Record<string, string> =>
  Object.fromEntries(
    Object.entries(headers).filter(
      (header): header is [string, string] =>
        typeof header[1] === 'string' && header[1].length <= LONGEST_HEADER && !SECRET_HEADERS.has(header[0]),
    ),
  );

/** A session as the flows service is told of it. */
export const broughtSession = ({ id, userId, authTime, amr, levels }: Session): BroughtSession => ({
  id,
  userId,
  authTime: Math.floor(authTime.getTime() / 1000),
  amr,
  ...(Object.keys(levels).length > 0 ? { levels } : {}),
});
