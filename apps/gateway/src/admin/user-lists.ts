import { Injectable } from '@nestjs/common';
import { Bus } from '@tumbler/bus';
import { credentials } from '@tumbler/contract-credentials';
import type { Realm, UserView } from '@tumbler/contract-users';
import type { Authority } from './authority.js';
import { accessOf, briefUser, userRepresentation } from './user.representation.js';

export type ListedUser = ReturnType<typeof userRepresentation> | ReturnType<typeof briefUser>;

/** Users as a list shows them. */
@Injectable()
export class UserLists {
  constructor(private readonly bus: Bus) {}

  /** `brief` leaves out what a list needs no more than its names for; else it is asked once for all who has a code app. */
  async represent(
    { id: realmId, name }: Realm,
    rights: Authority,
    found: UserView[],
    brief: boolean,
  ): Promise<ListedUser[]> {
    if (brief || found.length === 0) return found.map(briefUser);
    const userIds = found.map(({ id }) => id);
    const withApp = new Set(await this.bus.call(credentials.whoHas, { realmId, userIds, type: 'otp' }));
    const access = accessOf(rights, name);
    return found.map((user) => ({ ...userRepresentation(user, withApp.has(user.id)), access }));
  }
}
