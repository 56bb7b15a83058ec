import { Delete, HttpCode, Param, Post } from '@nestjs/common';
import type { Actor } from '@tumbler/contract-rpc';
import type { Realm } from '@tumbler/contract-users';
import { notFound } from '@tumbler/errors';
import { Outbox } from '@tumbler/events';
import { adminEvent } from '../admin-event.js';
import { Sessions } from '../sessions/sessions.js';
import { AdminController, By } from './admin-controller.js';
import { idOf } from './input.js';
import { Needs } from './needs.js';
import { TargetRealm } from './target-realm.js';

/** Keycloak's GlobalRequestResult: applications that were told by a request of their own, which none is here. */
const NOBODY_ASKED = { successRequests: [], failedRequests: [] };

/** Ends of sessions that are no one user's. */
@AdminController('realms/:realm')
export class RealmSessionsController {
  constructor(
    private readonly sessions: Sessions,
    private readonly outbox: Outbox,
  ) {}

  /** Applications are told in the background, each at its `backchannel.logout.url`. */
  @Needs('manage-users')
  @Post('logout-all')
  @HttpCode(200)
  async endAll(@TargetRealm() realm: Realm, @By() by: Actor) {
    await this.outbox.transaction(async (tx, tell) => {
      await this.sessions.endOfRealm(tx, realm.id);
      const what = { operationType: 'ACTION', resourceType: 'REALM', resourcePath: 'logout-all' } as const;
      await tell(adminEvent(by, realm.id, what));
    });
    return NOBODY_ASKED;
  }

  /**
   * What is void by `notBefore` is refused here as soon as that is set, and applications that verify tokens by
   * themselves learn of it by `not-before-policy` in their next answer: there is nothing to push.
   */
  @Needs('manage-realm')
  @Post('push-revocation')
  @HttpCode(200)
  pushRevocation(@TargetRealm() _realm: Realm) {
    return NOBODY_ASKED;
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
