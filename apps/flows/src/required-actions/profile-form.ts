import { text, type Field, type Text } from '@tumbler/contract-flows';
import { users, type LoginUser, type ProfileAttribute, type UserFields } from '@tumbler/contract-users';
import { AppError } from '@tumbler/errors';
import type { Input } from '../authenticators/authenticator.js';
import { line } from '../authenticators/typed.js';
import type { ActionTurn } from './required-action.js';

/** What users tell of themselves and may change, as the profile of their realm has it: when they come, and later. */

export type Wrong = Record<string, Text>;

const BUILT_IN = ['email', 'firstName', 'lastName'] as const;
type BuiltIn = (typeof BUILT_IN)[number];
export const isBuiltIn = (name: string): name is BuiltIn => (BUILT_IN as readonly string[]).includes(name);
const AUTOCOMPLETE: Record<string, string> = {
  username: 'username',
  email: 'email',
  firstName: 'given-name',
  lastName: 'family-name',
};
const LONGEST = { builtIn: 255, other: 2048 };

export const mayWrite = ({ permissions }: ProfileAttribute): boolean =>
  permissions?.edit?.includes('user') === true;

/** What the user may write. An address is changed by the action for it where the realm has that. */
export async function editable({ bus, login, user, actions }: ActionTurn): Promise<ProfileAttribute[]> {
  const { attributes } = await bus.call(users.userProfile, { realmId: login.realm.id });
  const movesAlone =
    actions.some(({ providerId }) => providerId === 'UPDATE_EMAIL') &&
    user.email &&
    !user.profileFaults?.includes('email');
  return attributes.filter(
    (attribute) =>
      attribute.name !== 'username' && mayWrite(attribute) && !(attribute.name === 'email' && movesAlone),
  );
}

export const fieldsOf = (attributes: ProfileAttribute[], values: Input, wrong: Wrong = {}): Field[] =>
  attributes.map((attribute): Field => {
    const { name } = attribute;
    const options = optionsOf(attribute);
    const value = values[name];
    return {
      name,
      type: options ? 'radio' : name === 'email' ? 'email' : 'text',
      label: labelOf(attribute),
      ...(Object.hasOwn(AUTOCOMPLETE, name) ? { autocomplete: AUTOCOMPLETE[name] } : {}),
      ...(isRequired(attribute) ? { required: true } : { optional: true }),
      ...(value ? { value } : {}),
      ...(options ? { id: `kc-${name}`, options } : {}),
      ...(wrong[name] ? { error: { id: `input-error-${name}`, text: wrong[name] } } : {}),
    };
  });

/** As they are; of several values the first one. */
export const valuesOf = (user: LoginUser, attributes: ProfileAttribute[]): Record<string, string> =>
  Object.fromEntries(
    attributes.map(({ name }) => [name, (isBuiltIn(name) ? user[name] : user.attributes[name]?.[0]) ?? '']),
  );

/** What is known to be wrong before anything was sent. */
export const faultsOf = ({ profileFaults = [] }: LoginUser, values: Input): Wrong =>
  Object.fromEntries(
    profileFaults.map((name) => [
      name,
      text(values[name] ? 'error-invalid-value' : 'error-user-attribute-required'),
    ]),
  );

export const typedOf = (attributes: ProfileAttribute[], input: Input): Record<string, string> =>
  Object.fromEntries(attributes.map(({ name }) => [name, line(input[name])]));

/** What is longer than anything that can be kept. */
export function tooLongOf(typed: Record<string, string>): Wrong {
  const longest = (name: string) =>
    name === 'username' || isBuiltIn(name) ? LONGEST.builtIn : LONGEST.other;
  return Object.fromEntries(
    Object.entries(typed)
      .filter(([name, value]) => value.length > longest(name))
      .map(([name]) => [name, text('error-invalid-value')]),
  );
}

/** Writes what was sent, and answers what became of it. */
export async function saveProfile(
  { bus, login, user }: ActionTurn,
  attributes: ProfileAttribute[],
  input: Input,
): Promise<{ wrong: Wrong; error: string } | { wrong?: undefined; user: Partial<LoginUser> }> {
  const typed = typedOf(attributes, input);
  const tooLong = tooLongOf(typed);
  if (Object.keys(tooLong).length > 0) return { wrong: tooLong, error: 'invalid_request' };
  const fields: UserFields = { attributes: {} };
  for (const { name } of attributes) {
    const value = typed[name]!;
    if (isBuiltIn(name)) fields[name] = value;
    // Those that the page does not show stay behind the one that it does.
    else fields.attributes![name] = [value, ...(user.attributes[name] ?? []).slice(1)];
  }
  try {
    const who = { realmId: login.realm.id, userId: user.id };
    const { username, email, firstName, lastName, emailVerified } = await bus.call(users.update, {
      ...who,
      fields,
      keepsAttributes: true,
    });
    const now = { username, email, firstName, lastName, emailVerified, attributes: fields.attributes! };
    return { user: { ...now, profileFaults: undefined } };
  } catch (error) {
    if (!(error instanceof AppError)) throw error;
    if (error.code === 'conflict') {
      return { wrong: { email: text('emailExistsMessage') }, error: 'email_in_use' };
    }
    if (error.code !== 'invalid_request') throw error;
    return { wrong: wrongOf(error), error: 'invalid_request' };
  }
}

/** What the users service finds wrong, field by field. */
export function wrongOf({ details }: AppError): Wrong {
  const { field = '', message = 'error-invalid-value', params, fields } = details;
  const all = fields ?? [{ field, message, ...(params ? { params } : {}) }];
  return Object.fromEntries(all.map((one) => [one.field, text(one.message, ...(one.params ?? []))]));
}

export const isRequired = ({ required }: ProfileAttribute): boolean =>
  required !== undefined && (!required.roles?.length || required.roles.includes('user'));

/** `${department}` names a text; anything else is one. */
function labelOf({ name, displayName }: ProfileAttribute): Text {
  const key = /^\$\{(.+)\}$/.exec(displayName ?? '')?.[1];
  if (key) return text(key);
  if (displayName) return { literal: displayName };
  return name === 'username' || isBuiltIn(name) ? text(name) : { literal: name };
}

function optionsOf({ name, validations }: ProfileAttribute): Field['options'] {
  const options: unknown = validations?.options?.options;
  if (!Array.isArray(options)) return undefined;
  return options
    .filter((option): option is string => typeof option === 'string')
    .map((value, i) => ({ id: `kc-${name}-${i}`, value, label: { literal: value } }));
}
