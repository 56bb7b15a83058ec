import { Delete, Get, HttpCode, Param } from '@nestjs/common';
import { Bus } from '@tumbler/bus';
import { credentials } from '@tumbler/contract-credentials';
import type { Actor } from '@tumbler/contract-rpc';
import type { Realm } from '@tumbler/contract-users';
import { AdminController, By } from './admin-controller.js';
import { Needs } from './needs.js';
import { idOf } from './input.js';
import { TargetRealm } from './target-realm.js';
import { UserChanges } from './user-changes.js';

const UserId = () => Param('id', idOf('User not found'));

@AdminController('realms/:realm/attack-detection/brute-force/users')
export class AttackDetectionController {
  constructor(
    private readonly bus: Bus,
    private readonly changes: UserChanges,
  ) {}

  /** Keycloak answers four fields for a user who never failed; the others come along where they say something. */
  @Needs('view-users')
  @Get(':id')
  async read(@TargetRealm() realm: Realm, @UserId() userId: string) {
    const [status] = await Promise.all([
      this.bus.call(credentials.failures, { realmId: realm.id, userId }),
      this.changes.view(realm, userId),
    ]);
    const { disabled, numFailures, lastFailure, lastIPFailure } = status;
    const { numSecondaryAuthFailures, numTemporaryLockouts } = status;
    return {
      disabled,
      numFailures,
      lastFailure,
      lastIPFailure: lastIPFailure || 'n/a',
      ...(numSecondaryAuthFailures ? { numSecondaryAuthFailures } : {}),
      ...(numTemporaryLockouts ? { numTemporaryLockouts } : {}),
    };
  }

  @Needs('manage-users')
  @Delete(':id')
  @HttpCode(204)
  async clear(@TargetRealm() realm: Realm, @By() by: Actor, @UserId() userId: string): Promise<void> {
    await this.changes.view(realm, userId);
    await this.bus.call(credentials.clearFailures, { by, realmId: realm.id, userId });
  }

  @Needs('manage-users')
  @Delete()
  @HttpCode(204)
  async clearAll(@TargetRealm() realm: Realm, @By() by: Actor): Promise<void> {
    await this.bus.call(credentials.clearFailures, { by, realmId: realm.id });
  }
}
