import { Body, Get, Put } from '@nestjs/common';
import { Bus } from '@tumbler/bus';
import type { Actor } from '@tumbler/contract-rpc';
import { users, type Realm, type UserProfile } from '@tumbler/contract-users';
import { AdminController, By } from '../admin-controller.js';
import { Needs } from '../needs.js';
import { TargetRealm } from '../target-realm.js';
import { profileMetadata, readProfile } from './profile.representation.js';

/** What a realm wants to know of its users. */
@AdminController('realms/:realm/users/profile')
export class ProfileController {
  constructor(private readonly bus: Bus) {}

  @Needs('view-realm', 'query-users')
  @Get()
  read(@TargetRealm() realm: Realm): Promise<UserProfile> {
    return this.bus.call(users.userProfile, { realmId: realm.id });
  }

  @Needs('manage-realm')
  @Put()
  async update(@TargetRealm() realm: Realm, @By() by: Actor, @Body() input: unknown): Promise<UserProfile> {
    const profile = await readProfile(input);
    return this.bus.call(users.setUserProfile, { by, realmId: realm.id, profile });
  }

  @Needs('view-realm', 'query-users')
  @Get('metadata')
  async metadata(@TargetRealm() realm: Realm) {
    return profileMetadata(realm, await this.bus.call(users.userProfile, { realmId: realm.id }));
  }
}
