import { Delete, Get, HttpCode, Param, Post } from '@nestjs/common';
import { Clock } from '@tumbler/clock';
import type { Told } from '@tumbler/contract-events';
import type { Actor } from '@tumbler/contract-rpc';
import { SIGNING_ALGORITHMS, type Realm } from '@tumbler/contract-users';
import { notFound } from '@tumbler/errors';
import { Outbox } from '@tumbler/events';
import { adminEvent } from '../admin-event.js';
import { SigningKeys } from '../oidc/keys/signing-keys.js';
import { AdminController, By } from './admin-controller.js';
import { Needs } from './needs.js';
import { keysMetadata } from './keys.representation.js';
import { TargetRealm } from './target-realm.js';

/** The keys that sign the tokens of a realm: see docs/decisions on how they are rotated. */
@AdminController('realms/:realm/keys')
export class KeysController {
  constructor(
    private readonly keys: SigningKeys,
    private readonly outbox: Outbox,
    private readonly clock: Clock,
  ) {}

  @Needs('view-realm')
  @Get()
  async list(@TargetRealm() realm: Realm) {
    return keysMetadata(await this.keys.all(realm), this.clock.now());
  }

  /** Publishes a successor of each key, which signs a quarter of an hour later. Asked again until then, it changes nothing. */
  @Needs('manage-realm')
  @Post('rotate')
  @HttpCode(204)
  async rotate(@TargetRealm() realm: Realm, @By() by: Actor): Promise<void> {
    await this.outbox.transaction(async (tx, tell) => {
      await this.keys.rotate(tx, realm, SIGNING_ALGORITHMS);
      await tell(...changed(realm, by, 'rotate', 'ACTION'));
    });
    this.keys.forget(realm.id);
  }

  /** For a key that somebody else may have: every token that it signed is void from now on. */
  @Needs('manage-realm')
  @Delete(':kid')
  @HttpCode(204)
  async remove(@TargetRealm() realm: Realm, @By() by: Actor, @Param('kid') kid: string): Promise<void> {
    await this.outbox.transaction(async (tx, tell) => {
      if (!(await this.keys.remove(tx, realm, kid))) throw notFound('Could not find key');
      await tell(...changed(realm, by, kid, 'DELETE'));
    });
    this.keys.forget(realm.id);
  }
}

/** Every gateway forgets what it keeps of a realm that has changed. */
const changed = (realm: Realm, by: Actor, what: string, operationType: 'ACTION' | 'DELETE'): Told[] => [
  { type: 'realm.changed', realmId: realm.id, data: { name: realm.name } },
  adminEvent(by, realm.id, { operationType, resourceType: 'COMPONENT', resourcePath: `keys/${what}` }),
];
