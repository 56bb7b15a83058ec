import { randomUUID } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { Clock } from '@tumbler/clock';
import type { Realm } from '@tumbler/contract-users';
import { AppError } from '@tumbler/errors';
import { decodeJwt, decodeProtectedHeader, errors, jwtVerify, SignJWT, type JWTPayload } from 'jose';
import { GatewayConfig } from '../../config.js';
import { Realms } from '../../realms/realms.js';
import type { Session } from '../../sessions/session.js';
import { Sessions } from '../../sessions/sessions.js';
import { ALGORITHM, SigningKeys } from '../keys/signing-keys.js';
import { accessClaims, idClaims, issuerOf, realmOfIssuer, type TokenSubject } from './claims.js';

/** What a token proves: it is ours, it has not expired, and the session that it belongs to is alive. */
export interface VerifiedToken {
  realm: Realm;
  session: Session;
  userId: string;
  clientId: string;
  /** Seconds since 1970. */
  issuedAt: number;
}

/** Signs and verifies the tokens of every realm. */
@Injectable()
export class AccessTokens {
  constructor(
    private readonly config: GatewayConfig,
    private readonly clock: Clock,
    private readonly keys: SigningKeys,
    private readonly realms: Realms,
    private readonly sessions: Sessions,
  ) {}

  signAccessToken(realm: Realm, subject: TokenSubject): Promise<string> {
    return this.sign(realm, subject, accessClaims(subject));
  }

  signIdToken(realm: Realm, subject: TokenSubject, authTime: number): Promise<string> {
    return this.sign(realm, subject, idClaims(subject, authTime));
  }

  /** Undefined for whatever is not an access token that is good now; errors say that this could not be found out. */
  async verify(token: string): Promise<VerifiedToken | undefined> {
    const realm = await this.realmOf(token);
    if (!realm?.enabled) return undefined;
    const claims = await this.verifiedClaims(realm, token);
    if (!claims || claims.typ !== 'Bearer') return undefined;
    const { sub, sid, azp, iat } = claims;
    if (typeof sid !== 'string' || typeof azp !== 'string' || iat === undefined) return undefined;
    const session = await this.sessions.byId(realm, sid);
    if (!session || session.userId !== sub) return undefined;
    return { realm, session, userId: sub, clientId: azp, issuedAt: iat };
  }

  private async sign(realm: Realm, { user }: TokenSubject, claims: JWTPayload): Promise<string> {
    const { kid, privateKey } = await this.keys.current(realm.id);
    const now = this.now();
    return new SignJWT(claims)
      .setProtectedHeader({ alg: ALGORITHM, typ: 'JWT', kid })
      .setIssuer(issuerOf(this.config.publicUrl, realm))
      .setSubject(user.id)
      .setIssuedAt(now)
      .setExpirationTime(now + realm.accessTokenLifespan)
      .setJti(randomUUID())
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

  private async verifiedClaims(realm: Realm, token: string): Promise<JWTPayload | undefined> {
    const kid = unlessMalformed(() => decodeProtectedHeader(token))?.kid;
    if (!kid || kid.length > 64) return undefined;
    const key = await this.keys.publicKey(realm.id, kid);
    if (!key) return undefined;
    try {
      // RFC 8725 §3.1: the algorithm is ours to choose, whatever the token says.
      const { payload } = await jwtVerify(token, key, {
        algorithms: [ALGORITHM],
        issuer: issuerOf(this.config.publicUrl, realm),
        requiredClaims: ['exp', 'iat', 'sub'],
        currentDate: this.clock.now(),
      });
      return payload;
    } catch (error) {
      if (error instanceof errors.JOSEError) return undefined;
      throw error;
    }
  }

  private now(): number {
    return Math.floor(this.clock.now().getTime() / 1000);
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
