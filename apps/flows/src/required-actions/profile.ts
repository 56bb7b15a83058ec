import { text, type Field, type Text } from '@tumbler/contract-flows';
import type { UserFields } from '@tumbler/contract-users';
import { line } from '../authenticators/typed.js';
import type { Input } from '../authenticators/authenticator.js';

/** What every user tells of themselves, at registration and when asked to look at it again. */

interface Shown {
  /** The name to sign in with is asked for too. */
  username: boolean;
}

const ROWS = [
  { name: 'username', type: 'text', autocomplete: 'username', missing: 'missingUsernameMessage' },
  { name: 'email', type: 'email', autocomplete: 'email', missing: 'missingEmailMessage' },
  { name: 'firstName', type: 'text', autocomplete: 'given-name', missing: 'missingFirstNameMessage' },
  { name: 'lastName', type: 'text', autocomplete: 'family-name', missing: 'missingLastNameMessage' },
] as const;

const rows = ({ username }: Shown) => ROWS.filter(({ name }) => username || name !== 'username');

export const profileFields = (input: Input, wrong: Record<string, Text>, shown: Shown): Field[] =>
  rows(shown).map(({ name, type, autocomplete }) => ({
    name,
    type,
    label: text(name),
    autocomplete,
    required: true,
    ...(input[name] ? { value: input[name] } : {}),
    ...(wrong[name] ? { error: { id: `input-error-${name}`, text: wrong[name] } } : {}),
  }));

export function profileErrors(input: Input, shown: Shown): Record<string, Text> {
  const wrong: Record<string, Text> = {};
  for (const { name, missing } of rows(shown)) {
    const value = line(input[name]);
    if (!value || value.length > 255) wrong[name] = text(missing);
    else if (name === 'email' && !/^[^\s@]+@[^\s@]+$/.test(value)) wrong[name] = text('invalidEmailMessage');
  }
  return wrong;
}

export const profileOf = (input: Input): Pick<UserFields, 'email' | 'firstName' | 'lastName'> => ({
  email: line(input.email),
  firstName: line(input.firstName),
  lastName: line(input.lastName),
});
