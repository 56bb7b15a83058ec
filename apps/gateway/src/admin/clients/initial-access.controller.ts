import { Body, Delete, Get, HttpCode, Param, Post, Res } from '@nestjs/common';
import type { Actor } from '@tumbler/contract-rpc';
import type { Realm } from '@tumbler/contract-users';
import { IsInt, IsOptional, Max, Min } from 'class-validator';
import type { FastifyReply } from 'fastify';
import { GatewayConfig } from '../../config.js';
import { InitialAccesses, type InitialAccess } from '../../oidc/registration/initial-accesses.js';
import { AdminController, By } from '../admin-controller.js';
import { body, idOf } from '../input.js';
import { located } from '../located.js';
import { Needs } from '../needs.js';
import { TargetRealm } from '../target-realm.js';

const TEN_YEARS = 10 * 365 * 24 * 3600;

/** Keycloak's ClientInitialAccessCreatePresentation. */
class InitialAccessBody {
  /** Seconds from now; 0 for ever. */
  @IsOptional() @IsInt() @Min(0) @Max(TEN_YEARS) expiration?: number;
  /** How many applications may be registered with it. */
  @IsOptional() @IsInt() @Min(1) @Max(10_000) count?: number;
}

const BODY = { name: 'ClientInitialAccessCreatePresentation', passOver: ['webOrigins'] };

/** Keycloak's ClientInitialAccessPresentation. */
interface InitialAccessRepresentation {
  id: string;
  /** Told where it was just made, and never again. */
  token?: string;
  /** Seconds since 1970. */
  timestamp: number;
  /** Seconds after that; 0 for ever. */
  expiration: number;
  count: number;
  remainingCount: number;
}

/** Tokens for those who may register applications. */
@AdminController('realms/:realm/clients-initial-access')
export class InitialAccessController {
  constructor(
    private readonly config: GatewayConfig,
    private readonly accesses: InitialAccesses,
  ) {}

  /** Those that are good for something. */
  @Needs('view-clients')
  @Get()
  async list(@TargetRealm() realm: Realm): Promise<InitialAccessRepresentation[]> {
    return (await this.accesses.list(realm)).map(representation);
  }

  @Needs('manage-clients')
  @Post()
  @HttpCode(201)
  async create(
    @TargetRealm() realm: Realm,
    @By() by: Actor,
    @Body(body(InitialAccessBody, BODY)) { count = 1, expiration = 0 }: InitialAccessBody,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<InitialAccessRepresentation> {
    const made = await this.accesses.create(realm, by, { count, seconds: expiration });
    located(reply, this.config, realm, `clients-initial-access/${made.id}`);
    return { ...representation(made), token: made.token };
  }

  /** What was registered with it stays. */
  @Needs('manage-clients')
  @Delete(':id')
  @HttpCode(204)
  async remove(
    @TargetRealm() realm: Realm,
    @By() by: Actor,
    @Param('id', idOf('Could not find initial access')) id: string,
  ): Promise<void> {
    await this.accesses.remove(realm, by, id);
  }
}

const representation = ({ id, count, remaining, createdAt, expiresAt }: InitialAccess) => ({
  ...{ id, count, remainingCount: remaining, timestamp: Math.floor(createdAt.getTime() / 1000) },
  expiration: expiresAt ? Math.round((expiresAt.getTime() - createdAt.getTime()) / 1000) : 0,
});
