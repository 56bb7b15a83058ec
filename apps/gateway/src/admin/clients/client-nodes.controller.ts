import { Body, Delete, Get, HttpCode, Param, Post } from '@nestjs/common';
import type { Actor } from '@tumbler/contract-rpc';
import type { Realm } from '@tumbler/contract-users';
import { notFound } from '@tumbler/errors';
import { Outbox } from '@tumbler/events';
import { Matches, MaxLength } from 'class-validator';
import { AdminActions, type RequestResult } from '../../oidc/admin-actions.js';
import { ClientNodes, HOST } from '../../oidc/clients/client-nodes.js';
import { Clients, tellOf } from '../../oidc/clients/clients.js';
import { AdminController, By } from '../admin-controller.js';
import { body } from '../input.js';
import { Needs } from '../needs.js';
import { TargetRealm } from '../target-realm.js';
import { ClientId } from './clients.controller.js';

/** A machine that the application runs on. */
class NodeBody {
  @Matches(HOST, { message: 'Node not found in params' })
  @MaxLength(253)
  node: string;
}

/** What Keycloak's adapters are told, and where they are. */
@AdminController('realms/:realm/clients/:client')
export class ClientNodesController {
  constructor(
    private readonly clients: Clients,
    private readonly nodes: ClientNodes,
    private readonly actions: AdminActions,
    private readonly outbox: Outbox,
  ) {}

  @Needs('manage-clients')
  @Post('nodes')
  @HttpCode(204)
  async add(
    @TargetRealm() realm: Realm,
    @By() by: Actor,
    @ClientId() id: string,
    @Body(body(NodeBody, { name: 'Map' })) { node }: NodeBody,
  ): Promise<void> {
    await this.nodes.add(await this.clients.byId(realm, id), by, node);
  }

  @Needs('manage-clients')
  @Delete('nodes/:node')
  @HttpCode(204)
  async remove(
    @TargetRealm() realm: Realm,
    @By() by: Actor,
    @ClientId() id: string,
    @Param('node') node: string,
  ): Promise<void> {
    const removed = await this.nodes.remove(await this.clients.byId(realm, id), by, node);
    if (!removed) throw notFound('Client does not have node ');
  }

  /** Asks each node whether it is there. */
  @Needs('manage-clients')
  @Get('test-nodes-available')
  async test(@TargetRealm() realm: Realm, @ClientId() id: string): Promise<RequestResult> {
    return this.actions.testAvailable(realm, await this.clients.byId(realm, id));
  }

  /** Tells the application, at its `adminUrl`, before when tokens are void; here, they are refused anyway. */
  @Needs('manage-clients')
  @Post('push-revocation')
  @HttpCode(200)
  async push(@TargetRealm() realm: Realm, @By() by: Actor, @ClientId() id: string): Promise<RequestResult> {
    const client = await this.clients.byId(realm, id);
    await this.outbox.transaction((_tx, tell) => tellOf(tell, 'ACTION', by, client, '/push-revocation'));
    return this.actions.pushNotBefore(realm, [client]);
  }
}
