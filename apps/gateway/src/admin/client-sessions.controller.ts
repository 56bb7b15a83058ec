import { Get, Query } from '@nestjs/common';
import { Bus } from '@tumbler/bus';
import { users, type Realm } from '@tumbler/contract-users';
import { Clients } from '../oidc/clients/clients.js';
import type { Client } from '../oidc/clients/client-settings.js';
import type { Session } from '../sessions/session.js';
import { ClientSessions } from '../sessions/client-sessions.js';
import { Sessions } from '../sessions/sessions.js';
import { AdminController } from './admin-controller.js';
import { ClientId } from './clients/clients.controller.js';
import { UserId } from './users.controller.js';
import { Needs } from './needs.js';
import { sessionRepresentation } from './session.representation.js';
import { TargetRealm } from './target-realm.js';

const PAGE = 100;
/** Of each, the name of its user is asked. */
const MOST = 1_000;

/**
 * Which applications take part in which sessions, and which go on for users who are gone: those are revoked with the
 * consent of the user.
 */
@AdminController('realms/:realm')
export class ClientSessionsController {
  constructor(
    private readonly bus: Bus,
    private readonly clients: Clients,
    private readonly sessions: Sessions,
    private readonly clientSessions: ClientSessions,
  ) {}

  @Needs('view-clients')
  @Get('clients/:client/user-sessions')
  async online(
    @TargetRealm() realm: Realm,
    @ClientId() clientUuid: string,
    @Query() query: Record<string, unknown>,
  ) {
    const client = await this.clients.byId(realm, clientUuid);
    return this.list(realm, client, await this.clientSessions.list(realm, client.id, page(query)));
  }

  @Needs('view-clients')
  @Get('clients/:client/session-count')
  async countOnline(@TargetRealm() realm: Realm, @ClientId() clientUuid: string) {
    const { id } = await this.clients.byId(realm, clientUuid);
    return { count: await this.clientSessions.count(realm, id) };
  }

  /** Of clients that take part in a session. Keycloak writes the numbers as texts. */
  @Needs('view-realm')
  @Get('client-session-stats')
  async stats(@TargetRealm() realm: Realm) {
    const counts = await this.clientSessions.counts(realm);
    return counts.map(({ id, clientId, online, offline }) => ({
      ...{ id, clientId, active: String(online), offline: String(offline) },
    }));
  }

  @Needs('view-users')
  @Get('users/:id/offline-sessions/:client')
  async ofUser(@TargetRealm() realm: Realm, @UserId() userId: string, @ClientId() clientUuid: string) {
    const client = await this.clients.byId(realm, clientUuid);
    return this.list(realm, client, await this.sessions.listOffline(realm, { userId, client: client.id }));
  }

  @Needs('view-clients')
  @Get('clients/:client/offline-sessions')
  async ofClient(
    @TargetRealm() realm: Realm,
    @ClientId() clientUuid: string,
    @Query() query: Record<string, unknown>,
  ) {
    const client = await this.clients.byId(realm, clientUuid);
    return this.list(
      realm,
      client,
      await this.sessions.listOffline(realm, { client: client.id, ...page(query) }),
    );
  }

  @Needs('view-clients')
  @Get('clients/:client/offline-session-count')
  async count(@TargetRealm() realm: Realm, @ClientId() clientUuid: string) {
    const { id: client } = await this.clients.byId(realm, clientUuid);
    return { count: await this.sessions.countOffline(realm, { client }) };
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

const page = ({ first, max }: Record<string, unknown>) => ({
  first: whole(first, 0),
  max: Math.min(whole(max, PAGE), MOST),
});

const whole = (value: unknown, otherwise: number): number => {
  const number = Number(value);
  return value !== undefined && Number.isInteger(number) && number >= 0 ? number : otherwise;
};
