import { text, type Field } from '@tumbler/contract-flows';
import { users, type ProfileAttribute, type UserFields } from '@tumbler/contract-users';
import type { Input, Turn } from '../authenticator.js';
import { newPasswordFields } from '../fields.js';
import { accepted } from '../../required-actions/terms-and-conditions/terms-and-conditions.required-action.js';
import {
  fieldsOf,
  isBuiltIn,
  isRequired,
  mayWrite,
  tooLongOf,
  typedOf,
  type Wrong,
} from '../../required-actions/profile-form.js';

/** A turn, with what whoever registers is to tell of themselves. */
export interface RegistrationTurn extends Turn {
  attributes: ProfileAttribute[];
}

/** The name to sign in with is asked for or not at all; a password is never kept as something that users tell of themselves. */
const NOT_ASKED = ['username', 'password', 'password-confirm', 'termsAccepted'];

/**
 * What users may write of themselves, in the order of the realm's profile; and the name that they are to sign in with, which
 * is asked for whatever the profile lets them change later.
 */
export async function registering(turn: Turn): Promise<RegistrationTurn> {
  const { id: realmId, registrationEmailAsUsername: emailIsName } = turn.login.realm;
  const profile = await turn.bus.call(users.userProfile, { realmId });
  const attributes = profile.attributes.flatMap((attribute) => {
    if (attribute.name === (emailIsName ? 'email' : 'username')) return [{ ...attribute, required: {} }];
    return mayWrite(attribute) && !NOT_ASKED.includes(attribute.name) ? [attribute] : [];
  });
  return { ...turn, attributes };
}

/** The account as the parts of the page make it. */
export interface Draft {
  fields: UserFields;
  password?: string;
}

/** One part of the registration page: what it shows, what it finds wrong, and what it gives to the new account. */
export interface RegistrationPart {
  readonly id: string;
  readonly displayName: string;
  readonly description: string;
  fields(turn: RegistrationTurn, input: Input, wrong: Wrong): Field[];
  check(turn: RegistrationTurn, input: Input): Wrong;
  fill(turn: RegistrationTurn, input: Input, draft: Draft): Draft;
}

/** What is said of a built-in attribute that is missing; of the others, the same for all. */
const MISSING: Record<string, string> = {
  username: 'missingUsernameMessage',
  email: 'missingEmailMessage',
  firstName: 'missingFirstNameMessage',
  lastName: 'missingLastNameMessage',
};
const EMAIL = /^[^\s@]+@[^\s@]+$/;

const profile: RegistrationPart = {
  id: 'registration-user-creation',
  displayName: 'Registration User Profile Creation',
  description:
    'This action must always be first! Validates the username and user profile of the user in validation phase.  In success phase, this will create the user in the database including his user profile.',

  fields: ({ attributes }, input, wrong) =>
    fieldsOf(attributes, { ...defaultsOf(attributes), ...input }, wrong),
  check({ attributes }, input) {
    const typed = typedOf(attributes, input);
    const missing = attributes.filter((attribute) => isRequired(attribute) && !typed[attribute.name]);
    return {
      ...(typed.email && !EMAIL.test(typed.email) ? { email: text('invalidEmailMessage') } : {}),
      ...tooLongOf(typed),
      ...Object.fromEntries(
        missing.map(({ name }) => [name, text(MISSING[name] ?? 'error-user-attribute-required')]),
      ),
    };
  },
  fill({ login: { realm }, attributes }, input, draft) {
    const fields: UserFields = { enabled: true };
    for (const [name, value] of Object.entries(typedOf(attributes, input))) {
      if (name === 'username' || isBuiltIn(name)) fields[name] = value;
      else if (value) fields.attributes = { ...fields.attributes, [name]: [value] };
    }
    if (realm.registrationEmailAsUsername) fields.username = fields.email;
    return { ...draft, fields: { ...draft.fields, ...fields } };
  },
};

const defaultsOf = (attributes: ProfileAttribute[]): Record<string, string> =>
  Object.fromEntries(
    attributes.flatMap(({ name, defaultValue }) => (defaultValue ? [[name, defaultValue]] : [])),
  );

const password: RegistrationPart = {
  id: 'registration-password-action',
  displayName: 'Password Validation',
  description:
    "Validates that password matches password confirmation field.  It also will store password in user's credential store.",

  fields: (_, __, wrong) =>
    newPasswordFields(
      { password: 'password', confirm: 'password-confirm' },
      { password: text('password'), confirm: text('passwordConfirm') },
      { password: wrong.password, confirm: wrong['password-confirm'] },
    ),
  check(_, input): Wrong {
    if (!input.password) return { password: text('missingPasswordMessage') };
    if (input.password !== input['password-confirm']) {
      return { 'password-confirm': text('invalidPasswordConfirmMessage') };
    }
    return {};
  },
  fill: (_, input, draft) => ({ ...draft, password: input.password }),
};

const terms: RegistrationPart = {
  id: 'registration-terms-and-conditions',
  displayName: 'Terms and conditions',
  description: 'Asks the user to accept terms and conditions before submitting its registration form.',

  fields: (_, input, wrong) => [
    {
      name: 'termsAccepted',
      type: 'checkbox',
      label: text('acceptTerms'),
      required: true,
      ...(input.termsAccepted === 'on' ? { value: 'on' } : {}),
      ...(wrong.termsAccepted
        ? { error: { id: 'input-error-terms-accepted', text: wrong.termsAccepted } }
        : {}),
    },
  ],
  check: (_, input): Wrong =>
    input.termsAccepted === 'on' ? {} : { termsAccepted: text('termsAcceptanceRequired') },
  fill: ({ now }, _, draft) => ({
    ...draft,
    fields: { ...draft.fields, attributes: { ...draft.fields.attributes, ...accepted(now) } },
  }),
};

export const parts: readonly RegistrationPart[] = [profile, password, terms];
