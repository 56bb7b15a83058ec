import { UNMANAGED_POLICIES, type ProfileAttribute, type UserProfile } from '@tumbler/contract-users';
import { isStorable } from '@tumbler/database';
import { invalid } from '@tumbler/errors';
import { checkPattern } from './pattern.js';
import { VALIDATORS } from './validators.js';

const MOST_CHARACTERS = 100_000;
const MOST_ATTRIBUTES = 200;
const NAME = /^[^\s\p{C}]{1,255}$/u;
const OF_LISTS = 'multivalued';

/** A profile as it can be stored. Throws `invalid_request` with a sentence that names what is wrong. */
export function checkedProfile({ attributes, groups, unmanagedAttributePolicy }: UserProfile): UserProfile {
  if (!Array.isArray(attributes)) throw invalid('attributes must be an array', 'attributes');
  if (attributes.length > MOST_ATTRIBUTES) throw invalid('There are too many attributes', 'attributes');
  if (groups !== undefined && !isListOfNamed(groups)) throw invalid('groups must have names', 'groups');
  const policy = unmanagedAttributePolicy ?? undefined;
  if (policy !== undefined && !UNMANAGED_POLICIES.includes(policy)) {
    throw invalid(`There is no policy ${String(policy)}`, 'unmanagedAttributePolicy');
  }
  const profile = {
    attributes,
    ...(groups ? { groups } : {}),
    ...(policy ? { unmanagedAttributePolicy: policy } : {}),
  };
  if (!isStorable(profile)) throw invalid('The profile holds a character that is not text', 'attributes');
  if (JSON.stringify(profile).length > MOST_CHARACTERS)
    throw invalid('The profile is too long', 'attributes');

  const names = attributes.map(checkedName);
  const twice = names.find((name, index) => names.indexOf(name) !== index);
  if (twice !== undefined) throw invalid(`Duplicate attribute ${twice}`, 'attributes');
  for (const needed of ['username', 'email']) {
    if (!names.includes(needed)) throw invalid(`The attribute ${needed} can not be removed`, 'attributes');
  }
  const groupNames = (groups ?? []).map(({ name }) => name);
  for (const attribute of attributes) checkAttribute(attribute, groupNames);
  return profile;
}

function checkedName(attribute: unknown): string {
  const { name } = (attribute ?? {}) as Partial<ProfileAttribute>;
  if (typeof name === 'string' && NAME.test(name)) return name;
  throw invalid('Each attribute must have a name without spaces', 'attributes');
}

function checkAttribute(
  { name, validations = {}, required, permissions, group, multivalued, defaultValue }: ProfileAttribute,
  groups: string[],
): void {
  if (!isObject(validations)) throw invalid(`The validations of ${name} must be an object`, name);
  for (const [rule, config] of Object.entries(validations)) {
    if (rule !== OF_LISTS && !Object.hasOwn(VALIDATORS, rule)) {
      throw invalid(`Validator '${rule}' defined for attribute '${name}' doesn't exist`, name);
    }
    if (!isObject(config)) throw invalid(`The validator '${rule}' of ${name} must be an object`, name);
    if (rule === 'pattern') checkPattern(config.pattern, name);
    for (const bound of ['min', 'max']) {
      const value = config[bound];
      if (value !== undefined && value !== '' && !Number.isFinite(Number(value))) {
        throw invalid(`'${bound}' of the validator '${rule}' of ${name} must be a number`, name);
      }
    }
  }
  const roles = [required?.roles, permissions?.view, permissions?.edit];
  if (!roles.every((list) => list === undefined || isListOfTexts(list))) {
    throw invalid(`The roles of ${name} must be lists of strings`, name);
  }
  if (group && !groups.includes(group)) {
    throw invalid(`The attribute ${name} references the group ${group}, which is not there`, name);
  }
  if (multivalued !== undefined && typeof multivalued !== 'boolean') {
    throw invalid(`multivalued of ${name} must be true or false`, name);
  }
  if (defaultValue !== undefined && typeof defaultValue !== 'string') {
    throw invalid(`defaultValue of ${name} must be a string`, name);
  }
}

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
const isListOfTexts = (value: unknown): boolean =>
  Array.isArray(value) && value.every((item) => typeof item === 'string');
const isListOfNamed = (value: unknown): boolean =>
  Array.isArray(value) && value.every((item) => isObject(item) && typeof item.name === 'string');
