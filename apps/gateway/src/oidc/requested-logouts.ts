import { Injectable } from '@nestjs/common';
import type { Realm } from '@tumbler/contract-users';
import { IsOptional, IsString, MaxLength } from 'class-validator';
import { Clients } from './clients/clients.js';
import { postLogoutUrisOf } from './provider/client-metadata.js';
import { AccessTokens } from './tokens/access-tokens.js';

/** OpenID Connect RP-Initiated Logout 1.0 §2, and the token of our own form. */
export class LogoutRequest {
  @IsOptional() @IsString() @MaxLength(8192) id_token_hint?: string;
  @IsOptional() @IsString() @MaxLength(255) client_id?: string;
  @IsOptional() @IsString() @MaxLength(2048) post_logout_redirect_uri?: string;
  @IsOptional() @IsString() @MaxLength(2048) state?: string;
  @IsOptional() @IsString() @MaxLength(255) token?: string;
}

export interface RequestedLogout {
  kind: 'good';
  /** What the id token says that the application still holds. */
  hint?: { sub: string; sid: string };
  /** Where to go afterwards, with the state. */
  target?: string;
}

export type ReadLogout = RequestedLogout | { kind: 'refused'; reason: string };

const refused = (reason: string): ReadLogout => ({ kind: 'refused', reason });

/** Holds requests to be signed out against what is registered. */
@Injectable()
export class RequestedLogouts {
  constructor(
    private readonly tokens: AccessTokens,
    private readonly clients: Clients,
  ) {}

  async read(realm: Realm, asked: LogoutRequest): Promise<ReadLogout> {
    const { id_token_hint, client_id, post_logout_redirect_uri: wanted, state } = asked;
    const claims = id_token_hint ? await this.tokens.readIdToken(realm, id_token_hint) : undefined;
    if (id_token_hint && !claims) return refused('Invalid parameter: id_token_hint');
    if (claims && client_id && claims.azp !== client_id) return refused('Invalid parameter: client_id');
    const hint =
      typeof claims?.sub === 'string' && typeof claims.sid === 'string'
        ? { sub: claims.sub, sid: claims.sid }
        : undefined;
    if (!wanted) return { kind: 'good', ...(hint ? { hint } : {}) };

    const name = client_id ?? claims?.azp;
    const client = typeof name === 'string' ? await this.clients.byClientId(realm, name) : undefined;
    if (!client?.enabled || !postLogoutUrisOf(client).includes(wanted)) {
      return refused('Invalid redirect uri');
    }
    const target = new URL(wanted);
    if (state !== undefined) target.searchParams.set('state', state);
    return { kind: 'good', target: target.href, ...(hint ? { hint } : {}) };
  }
}
