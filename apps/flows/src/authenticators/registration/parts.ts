import { text, type Field, type Text } from '@tumbler/contract-flows';
import type { UserFields } from '@tumbler/contract-users';
import type { Input, Turn } from '../authenticator.js';
import { line } from '../typed.js';
import { newPasswordFields } from '../fields.js';
import { accepted } from '../../required-actions/terms-and-conditions/terms-and-conditions.required-action.js';
import { profileErrors, profileFields, profileOf } from '../../required-actions/profile.js';

/** What is wrong with which field. */
export type Wrong = Record<string, Text>;

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
  fields(turn: Turn, input: Input, wrong: Wrong): Field[];
  check(turn: Turn, input: Input): Wrong;
  fill(turn: Turn, input: Input, draft: Draft): Draft;
}

const profile: RegistrationPart = {
  id: 'registration-user-creation',
  displayName: 'Registration User Profile Creation',
  description:
    'This action must always be first! Validates the username and user profile of the user in validation phase.  In success phase, this will create the user in the database including his user profile.',

  fields: ({ login: { realm } }, input, wrong) =>
    profileFields(input, wrong, { username: !realm.registrationEmailAsUsername }),
  check: ({ login: { realm } }, input) =>
    profileErrors(input, { username: !realm.registrationEmailAsUsername }),
  fill({ login: { realm } }, input, draft) {
    const fields = profileOf(input);
    const username = realm.registrationEmailAsUsername ? fields.email : line(input.username);
    return { ...draft, fields: { ...draft.fields, ...fields, username, enabled: true } };
  },
};

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
