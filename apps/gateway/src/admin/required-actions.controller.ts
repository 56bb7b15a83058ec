import { Body, Delete, Get, HttpCode, Param, Post, Put } from '@nestjs/common';
import { Bus } from '@tumbler/bus';
import { validated, type Actor } from '@tumbler/contract-rpc';
import { users, type Realm, type RequiredAction } from '@tumbler/contract-users';
import { notFound } from '@tumbler/errors';
import { AdminController, By } from './admin-controller.js';
import { Needs } from './needs.js';
import { body } from './input.js';
import { checkedConfig, propertiesOf } from './required-action-properties.js';
import { ActionConfigBody, readAction, RegisterBody } from './required-action.representation.js';
import { TargetRealm } from './target-realm.js';

const CONFIG_MISSING = 'Could not find RequiredAction config';
const DESCRIPTION_MISSING = 'Could not find configurable RequiredAction provider';
const asConfig = body(ActionConfigBody, { name: 'RequiredActionConfigRepresentation' });

@AdminController('realms/:realm/authentication')
export class RequiredActionsController {
  constructor(private readonly bus: Bus) {}

  @Needs('view-realm', 'view-users', 'query-users')
  @Get('required-actions')
  list(@TargetRealm() realm: Realm): Promise<RequiredAction[]> {
    return this.bus.call(users.listActions, { realmId: realm.id });
  }

  @Needs('view-realm')
  @Get('required-actions/:alias')
  read(@TargetRealm() realm: Realm, @Param('alias') alias: string): Promise<RequiredAction> {
    return this.find(realm, alias, 'Failed to find required action');
  }

  @Needs('manage-realm')
  @Put('required-actions/:alias')
  @HttpCode(204)
  async update(
    @TargetRealm() realm: Realm,
    @By() by: Actor,
    @Param('alias') alias: string,
    @Body() input: unknown,
  ): Promise<void> {
    const { alias: newAlias = alias, providerId: _fixed, ...action } = await readAction(input);
    await this.bus.call(users.updateAction, { by, realmId: realm.id, alias, newAlias, ...action });
  }

  @Needs('manage-realm')
  @Delete('required-actions/:alias')
  @HttpCode(204)
  async remove(@TargetRealm() realm: Realm, @By() by: Actor, @Param('alias') alias: string): Promise<void> {
    await this.bus.call(users.removeAction, { by, realmId: realm.id, alias });
  }

  @Needs('manage-realm')
  @Post('required-actions/:alias/raise-priority')
  @HttpCode(204)
  async raise(@TargetRealm() realm: Realm, @By() by: Actor, @Param('alias') alias: string): Promise<void> {
    await this.bus.call(users.moveAction, { by, realmId: realm.id, alias, direction: 'raise' });
  }

  @Needs('manage-realm')
  @Post('required-actions/:alias/lower-priority')
  @HttpCode(204)
  async lower(@TargetRealm() realm: Realm, @By() by: Actor, @Param('alias') alias: string): Promise<void> {
    await this.bus.call(users.moveAction, { by, realmId: realm.id, alias, direction: 'lower' });
  }

  @Needs('view-realm')
  @Get('required-actions/:alias/config-description')
  async describeConfig(@TargetRealm() realm: Realm, @Param('alias') alias: string) {
    const { providerId } = await this.find(realm, alias, DESCRIPTION_MISSING);
    return { properties: propertiesOf(providerId) };
  }

  @Needs('view-realm')
  @Get('required-actions/:alias/config')
  async readConfig(@TargetRealm() realm: Realm, @Param('alias') alias: string) {
    const { config } = await this.find(realm, alias, CONFIG_MISSING);
    return { config };
  }

  @Needs('manage-realm')
  @Put('required-actions/:alias/config')
  @HttpCode(204)
  async updateConfig(
    @TargetRealm() realm: Realm,
    @By() by: Actor,
    @Param('alias') alias: string,
    @Body(asConfig) { config }: ActionConfigBody,
  ): Promise<void> {
    const action = await this.find(realm, alias, CONFIG_MISSING);
    await this.setConfig(realm, by, action, checkedConfig(action.providerId, config));
  }

  @Needs('manage-realm')
  @Delete('required-actions/:alias/config')
  @HttpCode(204)
  async removeConfig(
    @TargetRealm() realm: Realm,
    @By() by: Actor,
    @Param('alias') alias: string,
  ): Promise<void> {
    await this.setConfig(realm, by, await this.find(realm, alias, CONFIG_MISSING), {});
  }

  @Needs('view-realm')
  @Get('unregistered-required-actions')
  listUnregistered(@TargetRealm() realm: Realm): Promise<{ providerId: string; name: string }[]> {
    return this.bus.call(users.unregisteredActions, { realmId: realm.id });
  }

  @Needs('manage-realm')
  @Post('register-required-action')
  @HttpCode(204)
  async register(@TargetRealm() realm: Realm, @By() by: Actor, @Body() input: unknown): Promise<void> {
    // Keycloak takes whatever else a client says of it.
    const { providerId, name } = await validated(RegisterBody, input, { unknownFields: 'drop' });
    await this.bus.call(users.registerAction, {
      by,
      realmId: realm.id,
      providerId,
      ...(name ? { name } : {}),
    });
  }

  /** The name in the address is that of the action, or of what provides it. */
  private async find({ id: realmId }: Realm, alias: string, missing: string): Promise<RequiredAction> {
    const actions = await this.bus.call(users.listActions, { realmId });
    const found =
      actions.find((action) => action.alias === alias) ??
      actions.find((action) => action.providerId === alias);
    if (!found) throw notFound(missing);
    return found;
  }

  private async setConfig(
    { id: realmId }: Realm,
    by: Actor,
    { alias, enabled, defaultAction, priority }: RequiredAction,
    config: Record<string, string>,
  ): Promise<void> {
    await this.bus.call(users.updateAction, { by, realmId, alias, enabled, defaultAction, priority, config });
  }
}
