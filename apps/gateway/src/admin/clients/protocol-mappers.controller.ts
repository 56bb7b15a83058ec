import { randomUUID } from 'node:crypto';
import { Body, Delete, Get, HttpCode, Param, Post, Put, Res } from '@nestjs/common';
import type { Actor } from '@tumbler/contract-rpc';
import type { Realm } from '@tumbler/contract-users';
import { invalid, notFound } from '@tumbler/errors';
import type { FastifyReply } from 'fastify';
import { GatewayConfig } from '../../config.js';
import type { ProtocolMapper } from '../../oidc/clients/client-settings.js';
import { AdminController, By } from '../admin-controller.js';
import { located } from '../located.js';
import { Needs } from '../needs.js';
import { TargetRealm } from '../target-realm.js';
import { Holders, Holding, type HolderId } from './holders.js';
import { mustBeFree, withMappers } from './named-mappers.js';
import { readMapper } from './protocol-mapper.representation.js';

/** The claims that a client, or whoever has a client scope, is told besides. */
@AdminController(
  'realms/:realm/clients/:client/protocol-mappers',
  'realms/:realm/client-scopes/:scope/protocol-mappers',
)
export class ProtocolMappersController {
  constructor(
    private readonly holders: Holders,
    private readonly config: GatewayConfig,
  ) {}

  @Needs('view-clients')
  @Get('models')
  async list(@TargetRealm() realm: Realm, @Holding() of: HolderId): Promise<ProtocolMapper[]> {
    return (await this.holders.of(realm, of)).mappers;
  }

  @Needs('view-clients')
  @Get('protocol/:protocol')
  async ofProtocol(
    @TargetRealm() realm: Realm,
    @Holding() of: HolderId,
    @Param('protocol') protocol: string,
  ): Promise<ProtocolMapper[]> {
    const { mappers } = await this.holders.of(realm, of);
    return mappers.filter((mapper) => mapper.protocol === protocol);
  }

  @Needs('manage-clients')
  @Post('models')
  @HttpCode(201)
  async add(
    @TargetRealm() realm: Realm,
    @By() by: Actor,
    @Holding() of: HolderId,
    @Body() input: unknown,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<void> {
    const { path, change } = await this.holders.of(realm, of);
    const mapper = { id: randomUUID(), ...(await readMapper(input)) };
    await change(by, ({ mappers }) => ({ mappers: withMappers(mappers, [mapper]) }));
    located(reply, this.config, realm, `${path}/protocol-mappers/models/${mapper.id}`);
  }

  @Needs('manage-clients')
  @Post('add-models')
  @HttpCode(204)
  async addSeveral(
    @TargetRealm() realm: Realm,
    @By() by: Actor,
    @Holding() of: HolderId,
    @Body() input: unknown,
  ): Promise<void> {
    if (!Array.isArray(input)) throw invalid('An array of mappers was expected');
    const read = await Promise.all(input.map(readMapper));
    const { change } = await this.holders.of(realm, of);
    const added = read.map((mapper) => ({ id: randomUUID(), ...mapper }));
    await change(by, ({ mappers }) => ({ mappers: withMappers(mappers, added) }));
  }

  @Needs('view-clients')
  @Get('models/:mapper')
  async read(
    @TargetRealm() realm: Realm,
    @Holding() of: HolderId,
    @Param('mapper') id: string,
  ): Promise<ProtocolMapper> {
    return found((await this.holders.of(realm, of)).mappers, id);
  }

  @Needs('manage-clients')
  @Put('models/:mapper')
  @HttpCode(204)
  async update(
    @TargetRealm() realm: Realm,
    @By() by: Actor,
    @Holding() of: HolderId,
    @Param('mapper') id: string,
    @Body() input: unknown,
  ): Promise<void> {
    const changed = { ...(await readMapper(input)), id };
    const { change } = await this.holders.of(realm, of);
    await change(by, ({ mappers }) => {
      const old = found(mappers, id);
      const others = mappers.filter((each) => each !== old);
      mustBeFree(others, changed);
      return { mappers: mappers.map((each) => (each === old ? changed : each)) };
    });
  }

  @Needs('manage-clients')
  @Delete('models/:mapper')
  @HttpCode(204)
  async remove(
    @TargetRealm() realm: Realm,
    @By() by: Actor,
    @Holding() of: HolderId,
    @Param('mapper') id: string,
  ): Promise<void> {
    const { change } = await this.holders.of(realm, of);
    await change(by, ({ mappers }) => {
      const old = found(mappers, id);
      return { mappers: mappers.filter((each) => each !== old) };
    });
  }
}

function found(mappers: ProtocolMapper[], id: string): ProtocolMapper {
  const mapper = mappers.find((each) => each.id === id);
  if (!mapper) throw notFound('Model not found');
  return mapper;
}
