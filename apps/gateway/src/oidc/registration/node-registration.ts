import { Injectable } from '@nestjs/common';
import { ClientNodes } from '../clients/client-nodes.js';
import type { GrantRequest } from '../grants/grant.js';
import { OAuthError } from '../oauth-error.js';
import { itself } from './itself.js';

/**
 * The machines of an application, as Keycloak's adapters make them known where they start and stop. Where on such a machine
 * the application is told something, its `adminUrl` says: that is the administrator's.
 */
@Injectable()
export class NodeRegistration {
  constructor(private readonly nodes: ClientNodes) {}

  /** Safe to repeat. Throws `OAuthError` for a client that proves nothing of itself, and `invalid_request` where there are too many. */
  async register(request: GrantRequest): Promise<object> {
    const { client, host, by } = read(request);
    await this.nodes.add(client, by, host);
    return {};
  }

  /** Safe to repeat. Throws `OAuthError` as above. */
  async unregister(request: GrantRequest): Promise<object> {
    const { client, host, by } = read(request);
    await this.nodes.remove(client, by, host);
    return {};
  }
}

function read({ client, form, visitor }: GrantRequest) {
  if (client.publicClient) throw new OAuthError(400, 'invalid_client', 'Public clients not allowed');
  const host = form.client_cluster_host;
  if (!host) throw new OAuthError(400, 'invalid_request', 'Client cluster host not specified');
  return { client, host, by: itself(client, visitor.address) };
}
