import { text, type Form } from '@tumbler/contract-flows';
import { users, type LoginUser } from '@tumbler/contract-users';
import { AppError } from '@tumbler/errors';
import type { Input } from '../../authenticators/authenticator.js';
import type { ActionOutcome, ActionTurn, RequiredAction } from '../required-action.js';

/** Lets users who may do so delete their account, for good. Nobody does it with a session alone: a sign-in comes first. */
export const deleteAccount: RequiredAction = {
  id: 'delete_account',
  maxAuthAge: 0,
  asksForItsOwnRole: true,

  concerns: ({ user }) => mayDelete(user),
  ask: () => page,

  async answer({ login, user, bus }: ActionTurn, input: Input): Promise<ActionOutcome> {
    if (input.accept === undefined) return { kind: 'again', form: page };
    try {
      await bus.call(users.remove, { realmId: login.realm.id, userId: user.id });
    } catch (error) {
      if (!(error instanceof AppError) || error.code !== 'not_found') throw error;
    }
    return {
      kind: 'gone',
      events: [{ type: 'DELETE_ACCOUNT' }],
      text: text('userDeletedSuccessfully'),
    };
  },
};

/** The role of the account client that Keycloak asks for. */
const mayDelete = ({ clientRoles }: LoginUser): boolean =>
  clientRoles?.account?.includes('delete-account') === true;

const page: Form = {
  page: 'login-delete-account-confirm',
  id: 'kc-delete-account-form',
  title: text('deleteAccountConfirm'),
  message: { kind: 'warning', text: text('irreversibleAction') },
  blocks: [
    { kind: 'text', text: text('deletingImplies') },
    {
      kind: 'list',
      id: 'kc-delete-account-implies',
      items: [text('loggingOutImmediately'), text('errasingData')],
    },
    { kind: 'text', text: text('finalDeletionConfirmation') },
  ],
  fields: [],
  buttons: [
    { id: 'kc-accept', label: text('doConfirmDelete'), kind: 'primary', name: 'accept', value: 'on' },
  ],
};
