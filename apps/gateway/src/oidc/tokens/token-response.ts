import { Injectable } from '@nestjs/common';
import type { Realm } from '@tumbler/contract-users';
import { accessLifespan } from '../../sessions/client-lifespans.js';
import type { TokenResponse } from '../grants/grant.js';
import { AccessTokens } from './access-tokens.js';
import { notBeforeOf } from './not-before.js';
import type { TokenSession, TokenSubject } from './claims.js';

export interface GivenRefreshToken {
  token: string;
  /** For how long it is good. */
  seconds: number;
}

/** Writes out what an application gets for a session. */
@Injectable()
export class TokenResponses {
  constructor(private readonly tokens: AccessTokens) {}

  async write(
    realm: Realm,
    subject: TokenSubject & { session: TokenSession },
    refreshToken: GivenRefreshToken,
  ): Promise<TokenResponse> {
    const seconds = accessLifespan(realm, subject.client, refreshToken.seconds);
    const { accessToken, idToken } = await this.tokens.signTokens(realm, subject, seconds);
    return {
      access_token: accessToken,
      expires_in: seconds,
      refresh_expires_in: refreshToken.seconds,
      refresh_token: refreshToken.token,
      token_type: 'Bearer',
      ...(idToken === undefined ? {} : { id_token: idToken }),
      'not-before-policy': notBeforeOf(realm, subject.client, subject.user),
      session_state: subject.session.browserId ?? subject.session.id,
      scope: subject.scope,
    };
  }
}
