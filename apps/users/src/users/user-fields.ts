import type { UserFields } from '@tumbler/contract-users';
import { AppError } from '@tumbler/errors';
import { isEmail } from 'class-validator';
import { areAttributes } from '../attributes.js';
import { PERSON_NAME, USERNAME } from './characters.js';
import { canonical } from './canonical.js';

/** Fields of a user in the form they are stored in; undefined where nothing was sent, '' where a field is emptied. */
export type CheckedFields = { [K in keyof UserFields]?: NonNullable<UserFields[K]> };

type Check = (fields: CheckedFields) => string | false | undefined;

/** What is wrong with a field, as the key of a text. */
const CHECKS: Record<'username' | 'email' | 'firstName' | 'lastName' | 'attributes', Check> = {
  username: ({ username }) =>
    username !== undefined &&
    (username === ''
      ? 'User name is missing'
      : username.length > 255
        ? 'error-invalid-length-too-long'
        : !USERNAME.test(username) && 'error-username-invalid-character'),
  email: ({ email }) =>
    email && (email.length > 255 || !isEmail(email, { require_tld: false })) && 'error-invalid-email',
  firstName: ({ firstName }) =>
    firstName && !PERSON_NAME.test(firstName) && 'error-person-name-invalid-character',
  lastName: ({ lastName }) =>
    lastName && !PERSON_NAME.test(lastName) && 'error-person-name-invalid-character',
  attributes: ({ attributes }) => attributes && !areAttributes(attributes) && 'error-invalid-value',
};

/** Throws `invalid_request` naming each field that is wrong. A field that is null counts as not sent. */
export function checkedFields(sent: UserFields): CheckedFields {
  const fields = Object.fromEntries(
    Object.entries(sent).filter(([, value]) => value !== undefined && value !== null),
  ) as CheckedFields;
  if (fields.username !== undefined) fields.username = canonical(fields.username);
  if (fields.email !== undefined) fields.email = canonical(fields.email);

  const wrong = Object.entries(CHECKS).flatMap(([field, check]) => {
    const message = check(fields);
    return message ? [{ field, message }] : [];
  });
  const [first] = wrong;
  if (first) throw new AppError('invalid_request', { ...first, fields: wrong });
  return fields;
}
