import { Body, Controller, Header, HttpCode, Param, Post, Req, UseFilters } from '@nestjs/common';
import type { Visitor } from '@tumbler/contract-flows';
import { validated } from '@tumbler/contract-rpc';
import type { Realm } from '@tumbler/contract-users';
import type { FastifyRequest } from 'fastify';
import { Realms } from '../realms/realms.js';
import type { Client } from './clients/client-settings.js';
import { Clients } from './clients/clients.js';
import { OAuthError } from './oauth-error.js';
import { OAuthErrorsFilter } from './oauth-errors.filter.js';
import { SignOut } from './sign-out.js';
import { TokenRequest } from './token-request.js';

@Controller('realms/:realm/protocol/openid-connect')
@UseFilters(OAuthErrorsFilter)
export class TokenController {
  constructor(
    private readonly realms: Realms,
    private readonly clients: Clients,
    private readonly out: SignOut,
  ) {}

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
