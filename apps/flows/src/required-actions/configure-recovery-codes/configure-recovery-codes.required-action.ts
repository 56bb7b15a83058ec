import { credentials } from '@tumbler/contract-credentials';
import { text, type Form, type Text } from '@tumbler/contract-flows';
import type { Input } from '../../authenticators/authenticator.js';
import { logoutSessionsField } from '../../authenticators/fields.js';
import type { ActionOutcome, ActionTurn, RequiredAction } from '../required-action.js';

/**
 * Shows codes to be kept for the day on which there is no other way. They stay in credentials as pending until the user
 * says that they are kept, and never travel through a field of the form: whoever sends it back cannot choose them.
 */
export const configureRecoveryCodes: RequiredAction = {
  id: 'CONFIGURE_RECOVERY_AUTHN_CODES',
  cancelId: 'cancelRecoveryAuthnCodesBtn',

  ask: async (turn) => page(await begin(turn)),

  async answer(turn: ActionTurn, input: Input): Promise<ActionOutcome> {
    const again = async (wrong: Wrong): Promise<ActionOutcome> => ({
      kind: 'again',
      form: page(await begin(turn), input, wrong),
    });
    if (input.kcRecoveryCodesConfirmationCheck !== 'on') {
      return again({ confirmation: text('recoveryCodesNotConfirmedMessage') });
    }
    const confirmed = await turn.bus.call(credentials.confirmRecoveryCodes, {
      ...loginOf(turn),
      attempt: turn.attempt('recovery codes'),
    });
    // Others are shown now than those that were kept.
    if (confirmed.verdict === 'expired') return again({ message: text('recoveryCodesExpiredMessage') });

    const id = confirmed.credentialId ?? '';
    const type = 'recovery-authn-codes';
    const details = { credential_type: type, credential_id: id };
    return {
      kind: 'done',
      events: [{ type: 'UPDATE_CREDENTIAL', details }],
      endOtherSessions: input['logout-sessions'] === 'on',
      credential: { id, type, nextCode: 1 },
    };
  },
};

interface Wrong {
  confirmation?: Text;
  /** Said above the form, in place of why it is asked for. */
  message?: Text;
}

const loginOf = ({ login, user }: ActionTurn) => ({
  realmId: login.realm.id,
  userId: user.id,
  loginId: login.id,
});

/** The codes of this login: made now, or shown again. */
const begin = async (turn: ActionTurn): Promise<string[]> =>
  (await turn.bus.call(credentials.beginRecoveryCodes, loginOf(turn))).codes;

const page = (codes: string[], typed: Input = {}, wrong: Wrong = {}): Form => ({
  page: 'login-login-recovery-authn-code-config',
  id: 'kc-recovery-codes-settings-form',
  title: text('recovery-code-config-header'),
  message: { kind: 'warning', text: wrong.message ?? text('recovery-code-config-warning-title') },
  blocks: [
    { kind: 'text', text: text('recovery-code-config-warning-message') },
    { kind: 'codes', id: 'kc-recovery-codes-list', label: text('recovery-codes-label'), values: codes },
  ],
  fields: [
    {
      name: 'kcRecoveryCodesConfirmationCheck',
      type: 'checkbox',
      label: text('recovery-codes-confirmation-message'),
      required: true,
      ...(wrong.confirmation
        ? { error: { id: 'input-error-recovery-codes', text: wrong.confirmation } }
        : {}),
    },
    { ...logoutSessionsField, ...(typed['logout-sessions'] === 'on' ? { value: 'on' } : {}) },
  ],
  buttons: [
    { id: 'saveRecoveryAuthnCodesBtn', label: text('recovery-codes-action-complete'), kind: 'primary' },
  ],
});
