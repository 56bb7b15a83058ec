import { randomUUID } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { Clock } from '@tumbler/clock';
import type { Realm, SigningAlgorithm } from '@tumbler/contract-users';
import { AppError } from '@tumbler/errors';
import {
  CompactSign,
  decodeJwt,
  decodeProtectedHeader,
  errors,
  jwtVerify,
  SignJWT,
  type JWTPayload,
} from 'jose';
import { GatewayConfig } from '../../config.js';
import { Realms } from '../../realms/realms.js';
import type { Session } from '../../sessions/session.js';
import { Sessions } from '../../sessions/sessions.js';
import type { Client } from '../clients/client-settings.js';
import { Clients } from '../clients/clients.js';
import { accessTokenAlgorithm, halfHash, idTokenAlgorithm } from '../keys/algorithms.js';
import { SigningKeys, type VerifyingKey } from '../keys/signing-keys.js';
import { MappedFacts } from './mapped-facts.js';
import { accessClaims, idClaims, issuerOf, realmOfIssuer, type TokenSubject } from './claims.js';

/**
 * What a token proves: it is ours, it has not expired, and what it belongs to is alive. Of its user, only the session: whether
 * they may still be signed in is for whoever knows users to say.
 */
export interface VerifiedToken {
  realm: Realm;
  client: Client;
  /** Absent where a client acts for itself. */
  session?: Session;
  userId: string;
  clientId: string;
  /** Seconds since 1970. */
  issuedAt: number;
  claims: JWTPayload;
}

export interface SignedTokens {
  accessToken: string;
  idToken?: string;
}

export interface EndedSession {
  userId: string;
  sessionId: string;
}

const encoder = new TextEncoder();
const LOGOUT_EVENT = 'http://schemas.openid.net/event/backchannel-logout';
const LOGOUT_TOKEN_SECONDS = 120;
const ADMIN_ACTION_SECONDS = 30;

/** Signs and verifies the tokens of every realm. */
@Injectable()
export class AccessTokens {
  constructor(
    private readonly config: GatewayConfig,
    private readonly clock: Clock,
    private readonly keys: SigningKeys,
    private readonly realms: Realms,
    private readonly sessions: Sessions,
    private readonly clients: Clients,
    private readonly facts: MappedFacts,
  ) {}

  /** @param seconds for which it is good. */
  async signAccessToken(realm: Realm, subject: TokenSubject, seconds: number): Promise<string> {
    const claims = accessClaims(subject, await this.facts.of(realm, subject));
    return this.sign(realm, subject, accessTokenAlgorithm(realm, subject.client), claims, seconds);
  }

  /** The same, and with the scope `openid` an id token beside it, which is good for as long. */
  async signTokens(realm: Realm, subject: TokenSubject, seconds: number): Promise<SignedTokens> {
    const { client, scope } = subject;
    const facts = await this.facts.of(realm, subject);
    const sign = (algorithm: SigningAlgorithm, claims: JWTPayload) =>
      this.sign(realm, subject, algorithm, claims, seconds);
    const accessToken = await sign(accessTokenAlgorithm(realm, client), accessClaims(subject, facts));
    if (!scope.split(' ').includes('openid')) return { accessToken };
    const algorithm = idTokenAlgorithm(realm, client);
    const claims = idClaims(subject, facts, halfHash(accessToken, algorithm));
    return { accessToken, idToken: await sign(algorithm, claims) };
  }

  /** OpenID Connect Back-Channel Logout 1.0 §2.4: never a nonce, so that it cannot pass for an id token. */
  async signLogoutToken(realm: Realm, client: Client, { userId, sessionId }: EndedSession): Promise<string> {
    const algorithm = idTokenAlgorithm(realm, client);
    const { kid, privateKey } = await this.keys.signing(realm, algorithm, LOGOUT_TOKEN_SECONDS);
    const now = this.clock.seconds();
    return new SignJWT({ sid: sessionId, events: { [LOGOUT_EVENT]: {} } })
      .setProtectedHeader({ alg: algorithm, typ: 'logout+jwt', kid })
      .setIssuer(issuerOf(this.config.publicUrl, realm))
      .setSubject(userId)
      .setAudience(client.clientId)
      .setIssuedAt(now)
      .setExpirationTime(now + LOGOUT_TOKEN_SECONDS)
      .setJti(randomUUID())
      .sign(privateKey);
  }

  /** What Keycloak's adapters are told of their client. It has no issuer and no expiry by the names of RFC 7519: it passes for no token. */
  async signAdminAction(realm: Realm, action: Record<string, unknown>): Promise<string> {
    const algorithm = realm.defaultSignatureAlgorithm;
    const { kid, privateKey } = await this.keys.signing(realm, algorithm, ADMIN_ACTION_SECONDS);
    return new SignJWT({
      id: randomUUID(),
      expiration: this.clock.seconds() + ADMIN_ACTION_SECONDS,
      ...action,
    })
      .setProtectedHeader({ alg: algorithm, typ: 'JWT', kid })
      .sign(privateKey);
  }

  /** What an id token of ours says, expired or not (O-06); undefined for whatever is none. */
  async readIdToken(realm: Realm, token: string): Promise<JWTPayload | undefined> {
    const claims = await this.verifiedClaims(realm, token, (kid) => this.keys.recognizing(realm, kid), {
      clockTolerance: Number.MAX_SAFE_INTEGER,
    });
    return claims?.typ === 'ID' ? claims : undefined;
  }

  /** Undefined for whatever is not an access token that is good now; errors say that this could not be found out. */
  async verify(token: string): Promise<VerifiedToken | undefined> {
    const realm = await this.realmOf(token);
    if (!realm?.enabled) return undefined;
    const claims = await this.verifiedClaims(realm, token, (kid) => this.keys.verifying(realm, kid));
    if (!claims || claims.typ !== 'Bearer') return undefined;
    const { sub: userId, sid, azp: clientId, iat: issuedAt } = claims;
    if (typeof clientId !== 'string' || userId === undefined || issuedAt === undefined) return undefined;
    const client = await this.clients.byClientId(realm, clientId);
    if (!client?.enabled || issuedAt < Math.max(realm.notBefore, client.notBefore)) return undefined;
    const verified = { realm, client, userId, clientId, issuedAt, claims };
    // Of a client that acts for itself.
    if (sid === undefined) {
      return client.serviceAccountsEnabled && client.serviceAccountId === userId ? verified : undefined;
    }
    if (typeof sid !== 'string') return undefined;
    const session = await this.sessions.heldBy(realm, sid, client);
    return session?.userId === userId ? { ...verified, session } : undefined;
  }

  private async sign(
    realm: Realm,
    { user }: TokenSubject,
    algorithm: SigningAlgorithm,
    claims: JWTPayload,
    seconds: number,
  ): Promise<string> {
    const { kid, privateKey } = await this.keys.signing(realm, algorithm, seconds);
    const iat = this.clock.seconds();
    const iss = issuerOf(this.config.publicUrl, realm);
    const payload = { ...claims, iss, sub: user.id, iat, exp: iat + seconds, jti: randomUUID() };
    // `SignJWT` copies all claims once more, deeply.
    return new CompactSign(encoder.encode(JSON.stringify(payload)))
      .setProtectedHeader({ alg: algorithm, typ: 'JWT', kid })
      .sign(privateKey);
  }

  /** The realm that a token says it is from. Believed only once a key of that very realm has verified it. */
  private async realmOf(token: string): Promise<Realm | undefined> {
    const name = realmOfIssuer(this.config.publicUrl, unlessMalformed(() => decodeJwt(token))?.iss);
    if (name === undefined) return undefined;
    try {
      return await this.realms.byName(name);
    } catch (error) {
      if (error instanceof AppError && error.code === 'realm_not_found') return undefined;
      throw error;
    }
  }

  private async verifiedClaims(
    realm: Realm,
    token: string,
    keyOf: (kid: string) => Promise<VerifyingKey | undefined>,
    options: { clockTolerance?: number } = {},
  ): Promise<JWTPayload | undefined> {
    const kid = unlessMalformed(() => decodeProtectedHeader(token))?.kid;
    if (!kid || kid.length > 64) return undefined;
    const key = await keyOf(kid);
    if (!key) return undefined;
    try {
      // RFC 8725 §3.1: the algorithm is ours to choose, whatever the token says.
      const { payload } = await jwtVerify(token, key.publicKey, {
        algorithms: [key.algorithm],
        issuer: issuerOf(this.config.publicUrl, realm),
        requiredClaims: ['exp', 'iat', 'sub'],
        currentDate: this.clock.now(),
        ...options,
      });
      return payload;
    } catch (error) {
      if (error instanceof errors.JOSEError) return undefined;
      throw error;
    }
  }
}

/** `jose` throws at what is no token at all; from outside that is as good as none. */
function unlessMalformed<T>(decode: () => T): T | undefined {
  try {
    return decode();
  } catch {
    return undefined;
  }
}
