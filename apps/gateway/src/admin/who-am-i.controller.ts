import { Get, Query } from '@nestjs/common';
import { Bus } from '@tumbler/bus';
import type { Actor } from '@tumbler/contract-rpc';
import { ADMIN_RIGHTS, users, type AdminRight } from '@tumbler/contract-users';
import { AppError } from '@tumbler/errors';
import { AdminController, By } from './admin-controller.js';
import { Needs } from './needs.js';

/** What a console asks first: who has signed in, and what there is for them to do. */
export interface WhoAmI {
  userId: string;
  /** The realm that the user is of. */
  realm: string;
  displayName: string;
  locale: string;
  createRealm: boolean;
  /** Rights by realm; of one realm where it is asked for. */
  realm_access: Record<string, readonly AdminRight[]>;
  temporary: boolean;
}

@AdminController(':realm/console')
export class WhoAmIController {
  constructor(private readonly bus: Bus) {}

  @Needs('signed in')
  @Get('whoami')
  async whoAmI(@By() { realmId, userId }: Actor, @Query('currentRealm') current?: string): Promise<WhoAmI> {
    const target = typeof current === 'string' && current !== '' ? current : undefined;
    const [administrator, { user }, realms] = await Promise.all([
      this.bus.call(users.administrator, { realmId, userId, target }),
      this.bus.call(users.get, { realmId, userId }),
      this.bus.call(users.listRealms, {}),
    ]);
    const own = realms.find(({ id }) => id === realmId);
    if (!administrator || !user || !own) throw new AppError('unauthorized');
    const everywhere = realms.map(({ name }) => name).filter((name) => name === (target ?? name));
    return {
      userId,
      realm: own.name,
      displayName: [user.firstName, user.lastName].filter(Boolean).join(' ') || user.username,
      locale: user.attributes.locale?.[0] ?? own.defaultLocale ?? 'en',
      createRealm: administrator.createsRealms,
      realm_access: administrator.everywhere
        ? Object.fromEntries(everywhere.map((name) => [name, ADMIN_RIGHTS]))
        : administrator.rights,
      temporary: false,
    };
  }
}
