import type { UpdateAction } from '@tumbler/contract-users';
import { isStorable } from '@tumbler/database';
import { invalid } from '@tumbler/errors';
import { isLine } from '../text.js';
import type { ActionRow } from './action.entity.js';

const LARGEST_PRIORITY = 1_000_000_000;
const MOST_CHARACTERS = 10_000;

/**
 * The columns that an update writes. It replaces everything but the names, which stay where none is sent.
 * Throws `invalid_request` with the field.
 */
export function actionChanges({
  newAlias,
  name,
  enabled,
  defaultAction,
  priority,
  config,
}: Omit<UpdateAction, 'by' | 'realmId' | 'alias'>): Partial<ActionRow> {
  if (Math.abs(priority) > LARGEST_PRIORITY) throw invalid('priority is out of range', 'priority');
  return {
    ...(newAlias ? { alias: nameOf(newAlias, 'newAlias') } : {}),
    ...(name ? { name: nameOf(name, 'name') } : {}),
    enabled,
    defaultAction,
    priority,
    config: configOf(config ?? {}),
  };
}

export function nameOf(text: string, field: string): string {
  const name = text.trim();
  if (!isLine(name)) throw invalid(`${field} must be one line of text, 255 characters at most`, field);
  return name;
}

function configOf(config: Record<string, unknown>): Record<string, string> {
  const texts = Object.entries(config).filter(
    (entry): entry is [string, string] => typeof entry[1] === 'string',
  );
  if (texts.length < Object.keys(config).length)
    throw invalid('the values of config must be texts', 'config');
  if (!isStorable(config)) throw invalid('config holds a character that is not text', 'config');
  if (JSON.stringify(config).length > MOST_CHARACTERS) throw invalid('config is too long', 'config');
  return Object.fromEntries(texts);
}
