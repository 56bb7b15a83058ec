import { Get, Query } from '@nestjs/common';
import { Bus } from '@tumbler/bus';
import { users, type Realm } from '@tumbler/contract-users';
import { Clients } from '../oidc/clients/clients.js';
import type { Client } from '../oidc/clients/client-settings.js';
import type { Session } from '../sessions/session.js';
import { Sessions } from '../sessions/sessions.js';
import { AdminController } from './admin-controller.js';
import { ClientId } from './clients/clients.controller.js';
import { UserId } from './users.controller.js';
import { Needs } from './needs.js';
import { sessionRepresentation } from './session.representation.js';
import { TargetRealm } from './target-realm.js';

const PAGE = 100;

/** Which applications go on for users who are gone. They are revoked with the consent of the user. */
@AdminController('realms/:realm')
export class OfflineSessionsController {
  constructor(
    private readonly bus: Bus,
    private readonly clients: Clients,
    private readonly sessions: Sessions,
  ) {}

  @Needs('view-users')
  @Get('users/:id/offline-sessions/:client')
  async ofUser(@TargetRealm() realm: Realm, @UserId() userId: string, @ClientId() clientUuid: string) {
    const client = await this.clients.byId(realm, clientUuid);
    return this.list(
      realm,
      client,
      await this.sessions.listOffline(realm, { userId, clientId: client.clientId }),
    );
  }

  @Needs('view-clients')
  @Get('clients/:client/offline-sessions')
  async ofClient(
    @TargetRealm() realm: Realm,
    @ClientId() clientUuid: string,
    @Query() query: Record<string, unknown>,
  ) {
    const client = await this.clients.byId(realm, clientUuid);
    const page = { first: whole(query.first, 0), max: whole(query.max, PAGE) };
    return this.list(
      realm,
      client,
      await this.sessions.listOffline(realm, { clientId: client.clientId, ...page }),
    );
  }

  @Needs('view-clients')
  @Get('clients/:client/offline-session-count')
  async count(@TargetRealm() realm: Realm, @ClientId() clientUuid: string) {
    const { clientId } = await this.clients.byId(realm, clientUuid);
    return { count: await this.sessions.countOffline(realm, { clientId }) };
  }

  private async list(realm: Realm, client: Client, sessions: Session[]) {
    const ids = [...new Set(sessions.map(({ userId }) => userId))];
    const found = await Promise.all(
      ids.map((userId) => this.bus.call(users.view, { realmId: realm.id, userId })),
    );
    const names = new Map(found.map((user) => [user?.id, user?.username]));
    return sessions.map((session) => ({
      ...sessionRepresentation(session, names.get(session.userId) ?? ''),
      clients: { [client.id]: client.clientId },
    }));
  }
}

const whole = (value: unknown, otherwise: number): number => {
  const number = Number(value);
  return value !== undefined && Number.isInteger(number) && number >= 0 ? number : otherwise;
};
