import { text, type Form, type Text } from '@tumbler/contract-flows';
import { users } from '@tumbler/contract-users';
import { AppError } from '@tumbler/errors';
import type { Input } from '../../authenticators/authenticator.js';
import { profileErrors, profileFields, profileOf } from '../profile.js';
import type { ActionOutcome, ActionTurn, RequiredAction } from '../required-action.js';

/** Asks users to look through what is known of them. */
export const updateProfile: RequiredAction = {
  id: 'UPDATE_PROFILE',
  because: 'updateProfileMessage',

  ask: ({ user: { email = '', firstName = '', lastName = '' } }) => page({ email, firstName, lastName }),

  async answer({ login, user, bus }: ActionTurn, input: Input): Promise<ActionOutcome> {
    const again = (wrong: Record<string, Text>, error: string): ActionOutcome => ({
      kind: 'again',
      form: page(input, wrong),
      event: { type: 'UPDATE_PROFILE_ERROR', error },
    });
    const wrong = profileErrors(input, { username: false });
    if (Object.keys(wrong).length > 0) return again(wrong, 'invalid_request');

    const fields = profileOf(input);
    const moved = fields.email?.toLowerCase() !== user.email?.toLowerCase();
    try {
      await bus.call(users.update, {
        realmId: login.realm.id,
        userId: user.id,
        // What was shown about the old address says nothing about the new one.
        fields: { ...fields, ...(moved ? { emailVerified: false } : {}) },
      });
    } catch (error) {
      if (!(error instanceof AppError) || error.code !== 'conflict') throw error;
      return again({ email: text('emailExistsMessage') }, 'email_in_use');
    }
    return {
      kind: 'done',
      events: [{ type: 'UPDATE_PROFILE', details: moved ? { updated_email: fields.email ?? '' } : {} }],
      user: { ...fields, ...(moved ? { emailVerified: false } : {}) },
    };
  },
};

const page = (typed: Input, wrong: Record<string, Text> = {}): Form => ({
  page: 'login-login-update-profile',
  id: 'kc-update-profile-form',
  title: text('loginProfileTitle'),
  fields: profileFields(typed, wrong, { username: false }),
  buttons: [{ id: 'kc-submit', label: text('doSubmit'), kind: 'primary' }],
});
