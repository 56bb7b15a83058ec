import { Controller } from '@nestjs/common';
import { Answers } from '@tumbler/bus';
import type { AdminEventData } from '@tumbler/contract-events';
import type { Actor } from '@tumbler/contract-rpc';
import {
  ListActions,
  MoveAction,
  RegisterAction,
  RemoveAction,
  UnregisteredActions,
  UpdateAction,
  users,
  type RequiredAction,
} from '@tumbler/contract-users';
import { searchable } from '@tumbler/database';
import { AppError, conflict, invalid, notFound } from '@tumbler/errors';
import { Outbox } from '@tumbler/events';
import { DataSource, type EntityManager } from 'typeorm';
import { adminEvent } from '../admin-event.js';
import { explaining } from '../db/broken-constraint.js';
import { RealmRow } from '../realms/realm.entity.js';
import { actionChanges, nameOf } from './action-changes.js';
import { ACTION_PROVIDERS, providerOf } from './action-providers.js';
import { ActionRow } from './action.entity.js';
import { actionView } from './action.view.js';
import { exchanged } from './exchange.js';

/** Which required actions a realm has. All of a new realm's are rows from its first day, so that each verb is one statement. */
@Controller()
export class ActionsHandlers {
  constructor(
    private readonly db: DataSource,
    private readonly outbox: Outbox,
  ) {}

  @Answers(users.listActions)
  async list({ realmId }: ListActions): Promise<RequiredAction[]> {
    return (await inOrder(this.db.manager, realmId)).map(actionView);
  }

  @Answers(users.updateAction)
  update(question: UpdateAction): Promise<RequiredAction> {
    const { by, realmId, alias } = question;
    const changes = actionChanges(question);
    return this.outbox.transaction(async (tx, tell) => {
      const { affected } = await tx
        .update(ActionRow, { realmId, alias: searchable(alias) }, changes)
        .catch(explaining({ required_action_alias: () => taken(changes.alias ?? alias) }));
      if (affected === 0) throw notFound('Failed to find required action');
      await tell(told(by, realmId, 'UPDATE', alias, changes));
      return actionView(await tx.findOneByOrFail(ActionRow, { realmId, alias: changes.alias ?? alias }));
    });
  }

  @Answers(users.removeAction)
  remove({ by, realmId, alias }: RemoveAction): Promise<Record<string, never>> {
    return this.outbox.transaction(async (tx, tell) => {
      const { affected } = await tx.delete(ActionRow, { realmId, alias: searchable(alias) });
      if (affected === 0) throw notFound('Failed to find required action.');
      await tell(told(by, realmId, 'DELETE', alias));
      return {};
    });
  }

  @Answers(users.moveAction)
  move({ by, realmId, alias, direction }: MoveAction): Promise<Record<string, never>> {
    return this.outbox.transaction(async (tx, tell) => {
      // Whoever moves next waits here and then reads the new order; locking the rows would hand them out in the old one.
      await tx.findOne(RealmRow, { where: { id: realmId }, lock: { mode: 'for_no_key_update' } });
      const actions = await inOrder(tx, realmId);
      const index = actions.findIndex((action) => action.alias === alias);
      if (index < 0) throw notFound('Failed to find required action.');
      for (const { providerId, priority } of exchanged(actions, index, direction === 'raise' ? -1 : 1)) {
        await tx.update(ActionRow, { realmId, providerId }, { priority });
      }
      await tell(told(by, realmId, 'UPDATE', alias));
      return {};
    });
  }

  @Answers(users.unregisteredActions)
  async unregistered({ realmId }: UnregisteredActions): Promise<{ providerId: string; name: string }[]> {
    const registered = await this.db.manager.findBy(ActionRow, { realmId });
    const known = new Set(registered.map(({ providerId }) => providerId));
    return ACTION_PROVIDERS.filter(({ id }) => !known.has(id)).map(({ id, name }) => ({
      providerId: id,
      name,
    }));
  }

  @Answers(users.registerAction)
  register({ by, realmId, providerId, name }: RegisterAction): Promise<RequiredAction> {
    const provider = providerOf(providerId);
    if (!provider) throw invalid('Required Action Provider with given providerId not found', 'providerId');
    return this.outbox.transaction(async (tx, tell) => {
      await tx
        .query(
          `insert into required_action (realm_id, provider_id, alias, name, enabled, default_action, priority, config)
           select $1, $2, $2, $3, true, false, coalesce(max(priority), 0) + 1, '{}'
             from required_action where realm_id = $1`,
          [realmId, providerId, nameOf(name || provider.name, 'name')],
        )
        .catch(
          explaining({
            required_action_pkey: () => taken(providerId),
            required_action_alias: () => taken(providerId),
            required_action_realm: () => new AppError('realm_not_found', { message: 'Realm not found.' }),
          }),
        );
      const action = await tx.findOneByOrFail(ActionRow, { realmId, providerId });
      await tell(told(by, realmId, 'CREATE', action.alias, { providerId, name: action.name }));
      return actionView(action);
    });
  }
}

function inOrder(tx: EntityManager, realmId: string): Promise<ActionRow[]> {
  return tx.find(ActionRow, { where: { realmId }, order: { priority: 'asc', alias: 'asc' } });
}

const taken = (alias: string) => conflict(`Required action ${alias} already exists`, 'alias');

function told(
  by: Actor,
  realmId: string,
  operationType: AdminEventData['operationType'],
  alias: string,
  representation?: unknown,
) {
  const resourcePath = `authentication/required-actions/${alias}`;
  return adminEvent(by, realmId, {
    operationType,
    resourceType: 'REQUIRED_ACTION',
    resourcePath,
    ...(representation ? { representation } : {}),
  });
}
