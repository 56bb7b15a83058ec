import { Delete, HttpCode, Param, Post } from '@nestjs/common';
import type { Actor } from '@tumbler/contract-rpc';
import type { Realm } from '@tumbler/contract-users';
import { notFound } from '@tumbler/errors';
import { Outbox } from '@tumbler/events';
import { adminEvent } from '../admin-event.js';
import { AdminActions, type RequestResult } from '../oidc/admin-actions.js';
import { Clients } from '../oidc/clients/clients.js';
import { Sessions } from '../sessions/sessions.js';
import { AdminController, By } from './admin-controller.js';
import { idOf } from './input.js';
import { Needs } from './needs.js';
import { TargetRealm } from './target-realm.js';

/** Ends of sessions that are no one user's. */
@AdminController('realms/:realm')
export class RealmSessionsController {
  constructor(
    private readonly sessions: Sessions,
    private readonly outbox: Outbox,
    private readonly clients: Clients,
    private readonly actions: AdminActions,
  ) {}

  /**
   * Applications are told of each session in the background, as always. Those with an `adminUrl` are told at once that
   * nothing from before is good any more, for what verifies tokens by itself; the answer says which of them heard it.
   */
  @Needs('manage-users')
  @Post('logout-all')
  @HttpCode(200)
  async endAll(@TargetRealm() realm: Realm, @By() by: Actor): Promise<RequestResult> {
    await this.outbox.transaction(async (tx, tell) => {
      await this.sessions.endOfRealm(tx, realm.id);
      const what = { operationType: 'ACTION', resourceType: 'REALM', resourcePath: 'logout-all' } as const;
      await tell(adminEvent(by, realm.id, what));
    });
    return this.actions.logoutAll(realm, await this.clients.list(realm));
  }

  /**
   * What is void by `notBefore` is refused here as soon as that is set. Applications that verify tokens by themselves learn
   * of it by `not-before-policy` in their next answer; those with an `adminUrl` are told of it there.
   */
  @Needs('manage-realm')
  @Post('push-revocation')
  @HttpCode(200)
  async pushRevocation(@TargetRealm() realm: Realm, @By() by: Actor): Promise<RequestResult> {
    await this.outbox.transaction(async (_tx, tell) => {
      const what = {
        operationType: 'ACTION',
        resourceType: 'REALM',
        resourcePath: 'push-revocation',
      } as const;
      await tell(adminEvent(by, realm.id, what));
    });
    return this.actions.pushNotBefore(realm, await this.clients.list(realm));
  }

  @Needs('manage-users')
  @Delete('sessions/:session')
  @HttpCode(204)
  async end(
    @TargetRealm() realm: Realm,
    @By() by: Actor,
    @Param('session', idOf('Session not found')) sessionId: string,
  ): Promise<void> {
    await this.outbox.transaction(async (tx, tell) => {
      if (!(await this.sessions.endIn(tx, realm.id, sessionId))) throw notFound('Session not found');
      const what = { operationType: 'DELETE', resourceType: 'USER_SESSION' } as const;
      await tell(adminEvent(by, realm.id, { ...what, resourcePath: `sessions/${sessionId}` }));
    });
  }
}
