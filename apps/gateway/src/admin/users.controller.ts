import { Body, Delete, Get, Header, HttpCode, Param, Post, Put, Query, Res } from '@nestjs/common';
import { Bus } from '@tumbler/bus';
import { credentials } from '@tumbler/contract-credentials';
import type { Actor } from '@tumbler/contract-rpc';
import { CountUsers, SearchUsers, users, type Realm } from '@tumbler/contract-users';
import { invalid, notFound } from '@tumbler/errors';
import type { FastifyReply } from 'fastify';
import { GatewayConfig } from '../config.js';
import { Sessions } from '../sessions/sessions.js';
import { AdminController, By } from './admin-controller.js';
import type { Authority } from './authority.js';
import { Needs, Rights } from './needs.js';
import { fromQuery, idOf } from './input.js';
import { located } from './located.js';
import { profileMetadata } from './profile/profile.representation.js';
import { sessionRepresentation } from './session.representation.js';
import { TargetRealm } from './target-realm.js';
import { UserChanges } from './user-changes.js';
import { UserLists } from './user-lists.js';
import { accessOf, readUser, userRepresentation } from './user.representation.js';

export const UserId = () => Param('id', idOf('User not found'));
type Params = Record<string, string | string[]>;

@AdminController('realms/:realm/users')
export class UsersController {
  constructor(
    private readonly bus: Bus,
    private readonly config: GatewayConfig,
    private readonly changes: UserChanges,
    private readonly sessions: Sessions,
    private readonly lists: UserLists,
  ) {}

  /** Who may ask for users and not see them finds none. */
  @Needs('query-users')
  @Get()
  async search(@TargetRealm() realm: Realm, @Rights() rights: Authority, @Query() query: Params) {
    if (!rights.may('view-users', realm.name) || isOfProvider(query)) return [];
    const asked = await fromQuery(SearchUsers, query, { realmId: realm.id });
    const found = await this.bus.call(users.search, asked);
    return this.lists.represent(realm, rights, found, query.briefRepresentation === 'true');
  }

  @Needs('query-users')
  @Get('count')
  @Header('content-type', 'application/json')
  async count(
    @TargetRealm() realm: Realm,
    @Rights() rights: Authority,
    @Query() query: Params,
  ): Promise<string> {
    if (!rights.may('view-users', realm.name) || isOfProvider(query)) return '0';
    const asked = await fromQuery(CountUsers, query, { realmId: realm.id });
    return String(await this.bus.call(users.count, asked));
  }

  @Needs('manage-users')
  @Post()
  @HttpCode(201)
  async create(
    @TargetRealm() realm: Realm,
    @By() by: Actor,
    @Body() input: unknown,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<void> {
    const id = await this.changes.create(realm, by, await readUser(input));
    located(reply, this.config, realm, `users/${id}`);
  }

  @Needs('view-users')
  @Get(':id')
  async read(
    @TargetRealm() realm: Realm,
    @Rights() rights: Authority,
    @UserId() userId: string,
    @Query('userProfileMetadata') metadata?: string,
  ) {
    const [user, withApp, profile] = await Promise.all([
      this.changes.view(realm, userId),
      this.bus.call(credentials.whoHas, { realmId: realm.id, userIds: [userId], type: 'otp' }),
      metadata === 'true' ? this.bus.call(users.userProfile, { realmId: realm.id }) : undefined,
    ]);
    const told = { ...userRepresentation(user, withApp.length > 0), access: accessOf(rights, realm.name) };
    return profile ? { ...told, userProfileMetadata: profileMetadata(realm, profile, true) } : told;
  }

  @Needs('view-users')
  @Get(':id/unmanagedAttributes')
  async unmanagedAttributes(@TargetRealm() realm: Realm, @UserId() userId: string) {
    return (await this.changes.view(realm, userId)).unmanagedAttributes ?? {};
  }

  /** Users are known here, and through nobody else. */
  @Needs('view-users')
  @Get(':id/federated-identity')
  async federatedIdentities(@TargetRealm() realm: Realm, @UserId() userId: string): Promise<never[]> {
    await this.changes.view(realm, userId);
    return [];
  }

  @Needs('manage-users')
  @Post(':id/federated-identity/:provider')
  @HttpCode(204)
  async addFederatedIdentity(@TargetRealm() realm: Realm, @UserId() userId: string): Promise<void> {
    await this.changes.view(realm, userId);
    throw invalid('Identity providers are not offered');
  }

  @Needs('manage-users')
  @Delete(':id/federated-identity/:provider')
  @HttpCode(204)
  async removeFederatedIdentity(@TargetRealm() realm: Realm, @UserId() userId: string): Promise<void> {
    await this.changes.view(realm, userId);
    throw notFound('Link not found');
  }

  @Needs('manage-users')
  @Put(':id')
  @HttpCode(204)
  async update(
    @TargetRealm() realm: Realm,
    @By() by: Actor,
    @UserId() userId: string,
    @Body() input: unknown,
  ): Promise<void> {
    await this.changes.update(realm, by, userId, await readUser(input));
  }

  @Needs('manage-users')
  @Delete(':id')
  @HttpCode(204)
  async remove(@TargetRealm() realm: Realm, @By() by: Actor, @UserId() userId: string): Promise<void> {
    await this.changes.remove(realm, by, userId);
  }

  @Needs('manage-users')
  @Post(':id/logout')
  @HttpCode(204)
  async logout(@TargetRealm() realm: Realm, @By() by: Actor, @UserId() userId: string): Promise<void> {
    await this.changes.signOutEverywhere(realm, by, userId);
  }

  @Needs('view-users')
  @Get(':id/sessions')
  async listSessions(@TargetRealm() realm: Realm, @UserId() userId: string) {
    const { username } = await this.changes.view(realm, userId);
    const sessions = await this.sessions.list(realm, userId);
    return sessions.map((session) => sessionRepresentation(session, username));
  }
}

/** Of an identity provider there are no users: passing this over would find all of them. */
const isOfProvider = ({ idpAlias, idpUserId }: Params): boolean => Boolean(idpAlias || idpUserId);
