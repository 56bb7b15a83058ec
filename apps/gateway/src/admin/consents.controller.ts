import { Delete, Get, HttpCode, Param } from '@nestjs/common';
import type { Actor } from '@tumbler/contract-rpc';
import type { Realm } from '@tumbler/contract-users';
import { notFound } from '@tumbler/errors';
import { adminEvent } from '../admin-event.js';
import { Clients } from '../oidc/clients/clients.js';
import { Consents } from '../oidc/consents/consents.js';
import { Sessions } from '../sessions/sessions.js';
import { AdminController, By } from './admin-controller.js';
import { Needs } from './needs.js';
import { TargetRealm } from './target-realm.js';
import { UserChanges } from './user-changes.js';
import { UserId } from './users.controller.js';

const OFFLINE_TOKEN = 'Offline Token';

/** What a user lets applications know and do. */
@AdminController('realms/:realm/users/:id/consents')
export class ConsentsController {
  constructor(
    private readonly clients: Clients,
    private readonly consents: Consents,
    private readonly sessions: Sessions,
    private readonly changes: UserChanges,
  ) {}

  /** Keycloak's UserConsentRepresentation; what goes on when the user is gone is told along with it. */
  @Needs('view-users')
  @Get()
  async list(@TargetRealm() realm: Realm, @UserId() userId: string) {
    await this.changes.view(realm, userId);
    const [consents, offline, clients] = await Promise.all([
      this.consents.list(realm, userId),
      this.sessions.listOffline(realm, { userId }),
      this.clients.list(realm),
    ]);
    const away = new Set(offline.map(({ clientId }) => clientId));
    const names = [...new Set([...consents.map(({ clientId }) => clientId), ...away])].sort();
    return names.map((clientId) => {
      const consent = consents.find((each) => each.clientId === clientId);
      const client = clients.find((each) => each.clientId === clientId)?.id;
      return {
        clientId,
        grantedClientScopes: consent?.scopes ?? [],
        ...(consent
          ? { createdDate: consent.createdAt.getTime(), lastUpdatedDate: consent.updatedAt.getTime() }
          : {}),
        additionalGrants: away.has(clientId) ? [{ client, key: OFFLINE_TOKEN }] : [],
      };
    });
  }

  @Needs('manage-users')
  @Delete(':client')
  @HttpCode(204)
  async revoke(
    @TargetRealm() realm: Realm,
    @By() by: Actor,
    @UserId() userId: string,
    @Param('client') clientId: string,
  ): Promise<void> {
    await this.changes.view(realm, userId);
    const client = await this.clients.byClientId(realm, clientId);
    if (!client) throw notFound('Client not found');
    const what = { operationType: 'ACTION', resourceType: 'USER' } as const;
    const told = adminEvent(by, realm.id, { ...what, resourcePath: `users/${userId}/consents/${clientId}` });
    const revoked = await this.consents.revoke(realm, client, userId, told);
    if (!revoked) throw notFound('Consent nor offline token not found');
  }
}
