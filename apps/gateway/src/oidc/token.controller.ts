import { Body, Controller, Header, HttpCode, Param, Post, Req, UseFilters } from '@nestjs/common';
import type { Visitor } from '@tumbler/contract-flows';
import { validated } from '@tumbler/contract-rpc';
import type { Realm } from '@tumbler/contract-users';
import type { FastifyRequest } from 'fastify';
import { Realms } from '../realms/realms.js';
import type { Client } from './clients/client-settings.js';
import { Clients } from './clients/clients.js';
import type { Grant, TokenResponse } from './grants/grant.js';
import { PasswordGrant } from './grants/password.grant.js';
import { RefreshTokenGrant } from './grants/refresh-token.grant.js';
import { OAuthError } from './oauth-error.js';
import { OAuthErrorsFilter } from './oauth-errors.filter.js';
import { SignOut } from './sign-out.js';
import { TokenRequest } from './token-request.js';

@Controller('realms/:realm/protocol/openid-connect')
@UseFilters(OAuthErrorsFilter)
export class TokenController {
  private readonly grants: Record<string, Grant>;

  constructor(
    private readonly realms: Realms,
    private readonly clients: Clients,
    private readonly out: SignOut,
    password: PasswordGrant,
    refreshToken: RefreshTokenGrant,
  ) {
    this.grants = { password, refresh_token: refreshToken };
  }

  @Post('token')
  @HttpCode(200)
  @Header('cache-control', 'no-store')
  @Header('pragma', 'no-cache')
  async token(
    @Param('realm') name: string,
    @Body() body: unknown,
    @Req() request: FastifyRequest,
  ): Promise<TokenResponse> {
    const realm = await this.realms.enabledByName(name);
    const form = await parse(body);
    const client = await this.clientOf(realm, form);
    if (!form.grant_type) throw new OAuthError(400, 'invalid_request', 'Missing form parameter: grant_type');
    const grant = Object.hasOwn(this.grants, form.grant_type) ? this.grants[form.grant_type] : undefined;
    if (!grant) throw new OAuthError(400, 'unsupported_grant_type', 'Unsupported grant_type');
    return grant.answer({ realm, client, visitor: visitorOf(request), form });
  }

  /** An application that holds a refresh token ends the session that it belongs to. */
  @Post('logout')
  @HttpCode(204)
  @Header('cache-control', 'no-store')
  async logout(
    @Param('realm') name: string,
    @Body() body: unknown,
    @Req() request: FastifyRequest,
  ): Promise<void> {
    const realm = await this.realms.enabledByName(name);
    const form = await parse(body);
    await this.out.byRefreshToken(
      realm,
      await this.clientOf(realm, form),
      form.refresh_token,
      visitorOf(request),
    );
  }

  private async clientOf(realm: Realm, { client_id }: TokenRequest): Promise<Client> {
    const client = client_id === undefined ? undefined : await this.clients.byClientId(realm, client_id);
    if (client?.enabled && client.publicClient) return client;
    throw new OAuthError(401, 'invalid_client', 'Invalid client or Invalid client credentials');
  }
}

/** RFC 6749 §3.2: parameters that are not known are passed over. */
const parse = (body: unknown): Promise<TokenRequest> =>
  validated(TokenRequest, body ?? {}, { unknownFields: 'drop' });

function visitorOf({ ip, headers }: FastifyRequest): Visitor {
  const userAgent = headers['user-agent']?.slice(0, 512);
  return { address: ip, ...(userAgent ? { userAgent } : {}) };
}
