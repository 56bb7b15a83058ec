import { randomUUID } from 'node:crypto';
import { Controller } from '@nestjs/common';
import { Answers, Bus } from '@tumbler/bus';
import { flows, Impersonate, type Impersonated } from '@tumbler/contract-flows';
import { users } from '@tumbler/contract-users';
import { invalid, notFound } from '@tumbler/errors';
import { Outbox } from '@tumbler/events';

/**
 * The one session that no login leads to. It gives what the user could have, and no more: a user who is switched off
 * stays out, and what stands between a user and the door is for that user to do. An administrator who set up the app
 * or chose the password that somebody has to set up or choose would have them for good.
 */
@Controller()
export class ImpersonationsHandlers {
  constructor(
    private readonly bus: Bus,
    private readonly outbox: Outbox,
  ) {}

  @Answers(flows.impersonate)
  async impersonate({ by, realmId, userId, ...names }: Impersonate): Promise<Impersonated> {
    const { user, actions } = await this.bus.call(users.get, { realmId, userId });
    if (!user) throw notFound('User not found');
    if (!user.enabled) throw invalid('User is disabled');
    const pending = actions.filter(({ alias }) => user.requiredActions.includes(alias));
    if (pending.length > 0) {
      throw invalid(`User has required actions to do first: ${pending.map(({ alias }) => alias).join(', ')}`);
    }
    const sessionId = randomUUID();
    await this.outbox.tell({
      type: 'IMPERSONATE',
      realmId,
      subject: userId,
      data: {
        clientId: by.clientId,
        userId,
        sessionId,
        ...(by.ipAddress ? { ipAddress: by.ipAddress } : {}),
        details: {
          auth_method: 'openid-connect',
          username: user.username,
          impersonator: names.impersonator,
          impersonator_realm: names.impersonatorRealm,
        },
      },
    });
    const finished = {
      userId,
      username: user.username,
      clientId: by.clientId,
      authTime: user.notBefore,
      amr: [],
      rememberMe: false,
    };
    return { sessionId, finished };
  }
}
