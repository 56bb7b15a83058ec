import type { FinishAction } from '@tumbler/contract-users';
import type { Progress } from '../../engine/progress.js';

/**
 * Keycloak's required action without a page: where the realm has it, the language that a user picks on the way in is kept
 * as their own. Answers what is to be written, if anything is.
 */
export function localeToKeep(
  { user, actions }: Pick<Progress, 'user' | 'actions'>,
  picked: string | undefined,
): Pick<FinishAction, 'alias' | 'attributes'> | undefined {
  const action = actions.find(({ providerId }) => providerId === 'update_user_locale');
  if (!action || !picked || user?.attributes.locale?.[0] === picked) return undefined;
  return { alias: action.alias, attributes: { locale: [picked] } };
}
