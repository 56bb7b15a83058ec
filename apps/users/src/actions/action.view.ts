import type { RequiredAction } from '@tumbler/contract-users';
import type { ActionRow } from './action.entity.js';

export function actionView(row: ActionRow): RequiredAction {
  const { alias, name, providerId, enabled, defaultAction, priority, config } = row;
  return { alias, name, providerId, enabled, defaultAction, priority, config };
}

/** The same in SQL, for an action `a`: a login gets it in the query that finds the user. */
export const ACTION_JSON = `json_build_object(
  'alias', a.alias, 'name', a.name, 'providerId', a.provider_id, 'enabled', a.enabled,
  'defaultAction', a.default_action, 'priority', a.priority, 'config', a.config)`;
