import { Injectable } from '@nestjs/common';
import { Bus } from '@tumbler/bus';
import { credentials } from '@tumbler/contract-credentials';
import { flows, type BindingSettings } from '@tumbler/contract-flows';
import type { Actor } from '@tumbler/contract-rpc';
import { users, type Realm } from '@tumbler/contract-users';
import { AppError, conflict, invalid, type ErrorCode } from '@tumbler/errors';
import { Clients, managesFromMaster } from '../oidc/clients/clients.js';
import { Realms } from '../realms/realms.js';
import { Sessions } from '../sessions/sessions.js';
import type { RealmParts } from './realm.representation.js';
import { MASTER } from './target-realm.js';

/** A million users go in eleven seconds. */
const REMOVAL_MS = 120_000;

/** Spreads what is set for a realm over the services that look after it. */
@Injectable()
export class RealmChanges {
  constructor(
    private readonly bus: Bus,
    private readonly realms: Realms,
    private readonly sessions: Sessions,
    private readonly clients: Clients,
  ) {}

  /**
   * Everything that can be refused is held against its rules before the first part is written. The password policy is
   * written first: whether it can be read, only credentials knows.
   */
  async update(realm: Realm, by: Actor, parts: RealmParts): Promise<void> {
    const { name, settings, users: people, requiredActions } = parts;
    if (people.length > 0) throw invalid('users cannot be set here', 'users');
    if (requiredActions.length > 0) throw invalid('requiredActions cannot be set here', 'requiredActions');
    const renamed = name !== undefined && name !== realm.name;
    if (realm.name === MASTER) mustStayMaster({ renamed, enabled: settings.enabled });
    await Promise.all([
      this.mustBeFlows(realm, parts.bindings),
      renamed && this.mustBeFree(name),
      renamed && this.mustBeFreeInMaster(name),
    ]);
    await this.setPolicies(realm, parts);
    await this.bus.call(users.updateRealm, {
      by,
      realmId: realm.id,
      ...(renamed ? { name } : {}),
      settings,
    });
    this.realms.forget();
    await this.setRest(realm, by, parts);
  }

  /**
   * What other services keep of a realm goes when they hear that it is removed, which users tells in the transaction that
   * removes it.
   */
  async remove(realm: Realm, by: Actor): Promise<void> {
    try {
      await this.removeOnce(realm, by).catch((error: unknown) => {
        if (!isError(error, 'service_unavailable')) throw error;
        // The answer may have got lost. A removal that is still under way is waited for by the next one.
        return this.removeOnce(realm, by);
      });
    } finally {
      this.realms.forget();
    }
    await this.sessions.forgetRealm(realm.id);
  }

  /** A realm that was there a moment ago and is not any more was removed by the attempt before, or by somebody else. */
  private async removeOnce({ id: realmId }: Realm, by: Actor): Promise<void> {
    try {
      await this.bus.call(users.removeRealm, { by, realmId }, { deadline: REMOVAL_MS });
    } catch (error) {
      if (!isError(error, 'realm_not_found')) throw error;
    }
  }

  private async setPolicies({ id: realmId }: Realm, { policies: settings }: RealmParts): Promise<void> {
    if (isSaid(settings)) await this.bus.call(credentials.setPolicies, { realmId, settings });
  }

  private async setRest({ id: realmId }: Realm, by: Actor, { bindings, audit }: RealmParts): Promise<void> {
    await Promise.all([
      isSaid(bindings) && this.bus.call(flows.setBindings, { realmId, settings: bindings }),
      isSaid(audit) && this.bus.call(flows.setAuditConfig, { by, realmId, settings: audit }),
    ]);
  }

  private async mustBeFree(name: string): Promise<void> {
    if (await this.bus.call(users.findRealm, { name })) throw conflict(`Realm ${name} already exists`);
  }

  /** Master has a client for each realm, whose name a client of somebody's may have. */
  private async mustBeFreeInMaster(realm: string): Promise<void> {
    const name = managesFromMaster(realm);
    const taken = await this.clients.byClientId(await this.realms.byName(MASTER), name);
    if (taken) throw conflict(`Client ${name} of ${MASTER} already exists`, 'realm');
  }

  private async mustBeFlows({ id: realmId }: Realm, bindings: BindingSettings): Promise<void> {
    if (!isSaid(bindings)) return;
    const list = await this.bus.call(flows.listFlows, { realmId });
    for (const [use, alias] of Object.entries(bindings) as [keyof BindingSettings, string | undefined][]) {
      if (alias === undefined) continue;
      const flow = list.find((each) => each.alias === alias);
      const fits = flow && (flow.providerId === 'client-flow') === (use === 'clientAuthenticationFlow');
      if (!fits) throw invalid(`There is no such flow: ${alias}`, use);
    }
  }
}

/** Without it, nobody could administer anything. */
function mustStayMaster({ renamed, enabled }: { renamed: boolean; enabled?: boolean }): void {
  if (renamed) throw invalid('Realm master cannot be renamed', 'realm');
  if (enabled === false) throw invalid('Realm master cannot be switched off', 'enabled');
}

const isError = (error: unknown, code: ErrorCode): boolean =>
  error instanceof AppError && error.code === code;

const isSaid = (settings: object): boolean => Object.values(settings).some((value) => value !== undefined);
