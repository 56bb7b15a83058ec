import type { Finding } from '@tumbler/contract-rpc';
import type {
  ArrivalPart,
  ArrivingGroup,
  ArrivingRealm,
  ArrivingRole,
  ArrivingUser,
  RequiredAction,
} from '@tumbler/contract-users';
import { AppError, invalid } from '@tumbler/errors';
import { isUUID } from 'class-validator';
import { actionChanges, nameOf } from '../actions/action-changes.js';
import { providerOf } from '../actions/action-providers.js';
import { namedFields } from '../named-fields.js';
import { checkedProfile } from '../profile/profile-config.js';
import { settingsToStore } from '../realms/realm-settings.js';
import { checkedFields } from '../users/user-fields.js';

const LAST_MILLISECOND = 253_402_300_799_999;
const MOST_IDS = 10_000;

/** A part in the form in which it is kept, and what is the matter with it. */
export interface ExaminedPart {
  part: ArrivalPart;
  findings: Finding[];
}

/** Looks at the part alone: whether its names and ids are free, the database says when it arrives. Throws nothing. */
export function examinePart(sent: ArrivalPart): ExaminedPart {
  const findings: Finding[] = [];
  const each = <T extends { place: string }>(list: T[] = [], take: (one: T) => T): T[] =>
    list.flatMap((one) => attempt(one.place, findings, () => take(one)) ?? []);
  const part = {
    ...sent,
    roles: each(sent.roles, takeRole),
    groups: each(sent.groups, takeGroup),
    users: each(sent.users, (user) => takeUser(user, findings)),
  };
  return { part, findings };
}

export function examineRealm({ settings, actions = [], profile }: ArrivingRealm): Finding[] {
  const findings: Finding[] = [];
  attempt('', findings, () => settingsToStore(settings));
  if (profile) attempt('components', findings, () => checkedProfile(profile));
  for (const [index, action] of actions.entries()) {
    const place = `requiredActions[${index}]`;
    if (providerOf(action.providerId)) attempt(place, findings, () => takeAction(action));
    else if (action.defaultAction || !OF_EVERY_REALM_ELSEWHERE.has(action.providerId)) {
      findings.push({
        kind: 'left_out',
        place,
        message: `There is no required action ${action.providerId} here`,
      });
    }
  }
  return findings;
}

/** In every file from there: that they are missing here says nothing about the realm. */
const OF_EVERY_REALM_ELSEWHERE = new Set(['webauthn-register', 'webauthn-register-passwordless', 'idp_link']);

/** A required action of a new realm in the form in which it is kept. */
export function takeAction(action: RequiredAction): RequiredAction {
  return { ...action, ...actionChanges(action), alias: nameOf(action.alias, 'alias') };
}

function takeRole(role: ArrivingRole): ArrivingRole {
  mustBeIds(role.id, role.clientId, role.parts);
  return { ...role, ...named(role) };
}

function takeGroup(group: ArrivingGroup): ArrivingGroup {
  mustBeIds(group.id, group.parentId, group.roles);
  return { ...group, ...named(group) };
}

function takeUser(user: ArrivingUser, findings: Finding[]): ArrivingUser {
  const { id, place, roles, groups, createdTimestamp, ...sent } = user;
  mustBeIds(id, roles, groups);
  const { notBefore = 0, requiredActions, ...fields } = checkedFields(sent);
  if (!fields.username) throw invalid('User name is missing', 'username');
  for (const [name, value, most] of [
    ['createdTimestamp', createdTimestamp ?? 0, LAST_MILLISECOND],
    ['notBefore', notBefore, LAST_MILLISECOND / 1000],
  ] as const) {
    if (!Number.isInteger(value) || value < 0 || value > most) throw invalid('a time was expected', name);
  }
  const unknown = (requiredActions ?? []).filter((action) => !providerOf(action));
  for (const action of unknown) {
    const message = `There is no required action ${String(action)} here`;
    findings.push({ kind: 'left_out', place: `${place}.requiredActions`, message });
  }
  return {
    ...{ id, place, roles, groups, createdTimestamp, notBefore },
    ...fields,
    username: fields.username,
    ...(requiredActions ? { requiredActions: requiredActions.filter((one) => providerOf(one)) } : {}),
  };
}

function named(sent: ArrivingRole | ArrivingGroup) {
  const { attributes = {}, description, name } = namedFields(sent);
  if (name === undefined) throw invalid('it has no name', 'name');
  return { name, description, attributes };
}

function mustBeIds(...lists: (string | string[] | undefined)[]): void {
  const ids = lists.flatMap((list) => list ?? []);
  if (ids.length > MOST_IDS) throw invalid('these are too many');
  if (!ids.every((id) => isUUID(id))) throw invalid('ids must be UUIDs', 'id');
}

/** Each field that is wrong is found at its place; what else goes wrong is for whoever is behind. */
function attempt<T>(place: string, findings: Finding[], take: () => T): T | undefined {
  try {
    return take();
  } catch (error) {
    if (!(error instanceof AppError)) throw error;
    const { message = 'it cannot be read', field, fields } = error.details;
    for (const wrong of fields ?? [{ field, message }]) {
      // Settings are told with the field that held them on the way here.
      const name = wrong.field?.replace(/^settings\./, '');
      const at = [place, name].filter(Boolean).join('.');
      findings.push({ kind: 'wrong', place: at, message: wrong.message });
    }
    return undefined;
  }
}
