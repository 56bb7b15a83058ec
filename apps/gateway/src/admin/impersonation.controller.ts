import { HttpCode, Param, Post, Req, Res } from '@nestjs/common';
import { Bus } from '@tumbler/bus';
import { flows } from '@tumbler/contract-flows';
import type { Actor } from '@tumbler/contract-rpc';
import type { Realm } from '@tumbler/contract-users';
import { invalid } from '@tumbler/errors';
import { Outbox } from '@tumbler/events';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { adminEvent } from '../admin-event.js';
import { GatewayConfig } from '../config.js';
import { Cookies } from '../http/cookies.js';
import { REALM_NOT_ENABLED } from '../realms/realms.js';
import { Sessions } from '../sessions/sessions.js';
import { AdminController, By } from './admin-controller.js';
import type { Authority } from './authority.js';
import { idOf } from './input.js';
import { Needs, Rights } from './needs.js';
import { TargetRealm } from './target-realm.js';

/** Keycloak's answer. */
export interface ImpersonationAnswer {
  /** Whether the session of the administrator gave way to that of the user. */
  sameRealm: boolean;
  redirect: string;
}

/** An administrator who has every right that the user has comes as the user, in this browser. */
@AdminController('realms/:realm/users/:id')
export class ImpersonationController {
  constructor(
    private readonly bus: Bus,
    private readonly sessions: Sessions,
    private readonly cookies: Cookies,
    private readonly outbox: Outbox,
    private readonly config: GatewayConfig,
  ) {}

  @Needs('impersonation')
  @Post('impersonation')
  @HttpCode(200)
  async impersonate(
    @TargetRealm() realm: Realm,
    @By() by: Actor,
    @Rights() { username, realmName }: Authority,
    @Param('id', idOf('User not found')) userId: string,
    @Req() request: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<ImpersonationAnswer> {
    if (!realm.enabled) throw invalid(REALM_NOT_ENABLED);
    const names = { impersonator: username, impersonatorRealm: realmName };
    const { sessionId, finished } = await this.bus.call(flows.impersonate, {
      ...{ by, ...names, realmId: realm.id, userId },
    });
    const before = this.cookies.session(request, realm.id);
    const opened = await this.sessions.open({
      loginId: sessionId,
      realm,
      finished,
      address: request.ip,
      userAgent: request.headers['user-agent']?.slice(0, 512),
      browserSecret: this.cookies.browserSecret(request, reply),
      replaces: before && (await this.sessions.byToken(realm, before))?.id,
    });
    if (opened) this.cookies.setSession(reply, realm.id, opened.token);
    await this.outbox.tell(
      adminEvent(by, realm.id, {
        operationType: 'ACTION',
        resourceType: 'USER',
        resourcePath: `users/${userId}/impersonation`,
      }),
    );
    const account = `realms/${encodeURIComponent(realm.name)}/account`;
    return { sameRealm: by.realmId === realm.id, redirect: `${this.config.publicUrl}/${account}` };
  }
}
