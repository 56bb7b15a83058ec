import { credentials } from '@tumbler/contract-credentials';
import { text, type Form } from '@tumbler/contract-flows';
import type { Input } from '../../authenticators/authenticator.js';
import { logoutSessionsField, newPasswordFields } from '../../authenticators/fields.js';
import type { ActionOutcome, ActionTurn, RequiredAction } from '../required-action.js';

/** Asks for a new password. The right old one was given in this login already. */
export const updatePassword: RequiredAction = {
  id: 'UPDATE_PASSWORD',
  because: 'updatePasswordMessage',

  ask: () => page(),

  async answer({ login, user, bus }: ActionTurn, input: Input): Promise<ActionOutcome> {
    const again = (wrong: Parameters<typeof page>[0], error: string): ActionOutcome => ({
      kind: 'again',
      form: page(wrong, input),
      event: { type: 'UPDATE_PASSWORD_ERROR', error },
    });
    const password = input['password-new'] ?? '';
    if (!password) return again({ password: text('missingPasswordMessage') }, 'password_missing');
    if (password !== input['password-confirm']) {
      return again({ confirm: text('notMatchPasswordMessage') }, 'password_confirm_error');
    }
    const set = await bus.call(credentials.setPassword, {
      realmId: login.realm.id,
      userId: user.id,
      password,
      username: user.username,
      ...(user.email ? { email: user.email } : {}),
    });
    if (set.kind === 'refused') return again({ password: text(set.key, ...set.params) }, 'password_rejected');

    const details = { credential_type: 'password' };
    return {
      kind: 'done',
      events: [
        { type: 'UPDATE_PASSWORD', details },
        { type: 'UPDATE_CREDENTIAL', details },
      ],
      endOtherSessions: input['logout-sessions'] === 'on',
      ...(set.credential ? { credential: set.credential } : {}),
    };
  },
};

const page = (wrong: Parameters<typeof newPasswordFields>[2] = {}, typed: Input = {}): Form => ({
  page: 'login-login-update-password',
  id: 'kc-passwd-update-form',
  title: text('updatePasswordTitle'),
  fields: [
    ...newPasswordFields(
      { password: 'password-new', confirm: 'password-confirm' },
      { password: text('passwordNew'), confirm: text('passwordNewConfirm') },
      wrong,
    ),
    { ...logoutSessionsField, ...(typed['logout-sessions'] === 'on' ? { value: 'on' } : {}) },
  ],
  buttons: [{ id: 'kc-submit', label: text('doSubmit'), kind: 'primary' }],
});
