import { Controller } from '@nestjs/common';
import { Answers } from '@tumbler/bus';
import { FindProfile, SetProfile, users, type UserProfile } from '@tumbler/contract-users';
import { AppError } from '@tumbler/errors';
import { Outbox } from '@tumbler/events';
import { DataSource } from 'typeorm';
import { adminEvent } from '../admin-event.js';
import { profileOf } from './profile-of.js';
import { checkedProfile } from './profile-config.js';

@Controller()
export class ProfileHandlers {
  constructor(
    private readonly db: DataSource,
    private readonly outbox: Outbox,
  ) {}

  @Answers(users.userProfile)
  find({ realmId }: FindProfile): Promise<UserProfile> {
    return profileOf(this.db, realmId);
  }

  @Answers(users.setUserProfile)
  set({ by, realmId, profile: sent }: SetProfile): Promise<UserProfile> {
    const profile = checkedProfile(sent);
    return this.outbox.transaction(async (tx, tell) => {
      const [, changed] = await tx.query<[unknown[], number]>('update realm set profile = $2 where id = $1', [
        realmId,
        profile,
      ]);
      if (changed === 0) throw new AppError('realm_not_found', { message: 'Realm not found.' });
      await tell(
        adminEvent(by, realmId, {
          operationType: 'UPDATE',
          resourceType: 'USER_PROFILE',
          resourcePath: 'users/profile',
          representation: profile,
        }),
      );
      return profile;
    });
  }
}
