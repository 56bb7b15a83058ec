import { Get, Param } from '@nestjs/common';
import type { Realm } from '@tumbler/contract-users';
import { notFound } from '@tumbler/errors';
import { GatewayConfig } from '../../config.js';
import { isConfidential, type Client } from '../../oidc/clients/client-settings.js';
import { Clients } from '../../oidc/clients/clients.js';
import { AdminController } from '../admin-controller.js';
import type { Authority } from '../authority.js';
import { Needs, Rights } from '../needs.js';
import { TargetRealm } from '../target-realm.js';
import { ClientId, mayKnowSecret } from './clients.controller.js';

const KEYCLOAK_JSON = 'keycloak-oidc-keycloak-json';

/** The file that applications with an adapter of Keycloak's are set up by, keycloak.json. */
interface AdapterConfig {
  realm: string;
  'auth-server-url': string;
  'ssl-required': string;
  'bearer-only'?: boolean;
  'public-client'?: boolean;
  resource: string;
  credentials?: { secret?: string; 'secret-jwt'?: { secret: string } };
  'confidential-port': number;
}

@AdminController('realms/:realm/clients/:client/installation/providers')
export class InstallationController {
  constructor(
    private readonly config: GatewayConfig,
    private readonly clients: Clients,
  ) {}

  /** With its secret for those to whom the client itself is shown with it. */
  @Needs('view-clients')
  @Get(':provider')
  async file(
    @TargetRealm() realm: Realm,
    @Rights() rights: Authority,
    @ClientId() id: string,
    @Param('provider') provider: string,
  ): Promise<AdapterConfig> {
    const client = await this.clients.byId(realm, id);
    if (provider !== KEYCLOAK_JSON) throw notFound('Unknown Provider');
    const secret = mayKnowSecret(realm, rights, client) ? await this.clients.secretOf(client) : undefined;
    return {
      realm: realm.name,
      'auth-server-url': `${this.config.publicUrl}/`,
      'ssl-required': realm.sslRequired,
      ...(client.bearerOnly ? { 'bearer-only': true } : {}),
      ...(client.publicClient && !client.bearerOnly ? { 'public-client': true } : {}),
      resource: client.clientId,
      ...credentialsOf(client, secret),
      'confidential-port': 0,
    };
  }
}

/** A client that signs by a key of its own keeps that to itself. */
function credentialsOf(client: Client, secret: string | undefined): Pick<AdapterConfig, 'credentials'> {
  if (!isConfidential(client) || !secret) return {};
  switch (client.clientAuthenticatorType) {
    case 'client-secret':
      return { credentials: { secret } };
    case 'client-secret-jwt':
      return { credentials: { 'secret-jwt': { secret } } };
    case 'client-jwt':
      return {};
  }
}
