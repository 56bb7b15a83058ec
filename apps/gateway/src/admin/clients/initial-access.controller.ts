import { Delete, Get, Post } from '@nestjs/common';
import type { Realm } from '@tumbler/contract-users';
import { notFound } from '@tumbler/errors';
import { AdminController } from '../admin-controller.js';
import { Needs } from '../needs.js';
import { TargetRealm } from '../target-realm.js';

/** Says in words what is missing to those who come from Keycloak. */
@AdminController('realms/:realm/clients-initial-access')
export class InitialAccessController {
  @Needs('view-clients')
  @Get()
  list(@TargetRealm() _realm: Realm): void {
    throw notOffered();
  }

  @Needs('manage-clients')
  @Post()
  create(@TargetRealm() _realm: Realm): void {
    throw notOffered();
  }

  @Needs('manage-clients')
  @Delete(':id')
  remove(@TargetRealm() _realm: Realm): void {
    throw notOffered();
  }
}

const notOffered = () => notFound('Registration of clients by themselves is not offered');
