import { credentials, type CredentialSummary } from '@tumbler/contract-credentials';
import { text, type Form, type Text } from '@tumbler/contract-flows';
import { AppError } from '@tumbler/errors';
import type { Input } from '../../authenticators/authenticator.js';
import type { ActionOutcome, ActionTurn, Concerned, RequiredAction } from '../required-action.js';

/** Takes a credential of their own off a user: `kc_action=delete_credential:<id>`. */
export const deleteCredential: RequiredAction = {
  id: 'delete_credential',
  cancelId: 'kc-decline',

  concerns: (about) => meant(about) !== undefined,
  ask: (turn) => page(meant(turn)),

  async answer(turn: ActionTurn, input: Input): Promise<ActionOutcome> {
    const { bus, login, user } = turn;
    const credential = meant(turn);
    if (!credential || input.accept === undefined) return { kind: 'again', form: page(credential) };
    const { id, type, label } = credential;
    try {
      await bus.call(credentials.remove, { realmId: login.realm.id, userId: user.id, credentialId: id });
    } catch (error) {
      // Gone already: by the same form, whose answer was lost, or by an administrator.
      if (!(error instanceof AppError) || error.code !== 'not_found') throw error;
    }
    const details = {
      ...{ credential_type: type, credential_id: id },
      ...(label ? { credential_user_label: label } : {}),
    };
    return {
      kind: 'done',
      events: [
        { type: 'REMOVE_CREDENTIAL', details },
        ...(type === 'otp' ? [{ type: 'REMOVE_TOTP' as const, details }] : []),
      ],
      removedCredential: id,
    };
  },
};

/** The user's own, and no password: without one nobody could say any more who they are. */
const meant = ({ credentials, parameter }: Concerned): CredentialSummary | undefined =>
  credentials.find(({ id, type }) => id === parameter && type !== 'password');

function page(credential: CredentialSummary | undefined): Form {
  const name: Text = credential?.label
    ? { literal: credential.label }
    : text(`credential.${credential?.type}`);
  return {
    page: 'login-delete-credential',
    id: 'kc-delete-credential-form',
    title: text('deleteCredentialTitle'),
    blocks: [
      { kind: 'text', text: text('deleteCredentialMessage') },
      { kind: 'list', id: 'kc-delete-text', items: [name] },
    ],
    fields: [],
    buttons: [
      { id: 'kc-accept', label: text('doConfirmDelete'), kind: 'primary', name: 'accept', value: 'on' },
    ],
  };
}
