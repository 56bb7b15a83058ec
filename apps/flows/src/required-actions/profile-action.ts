import { text, type Field, type Form } from '@tumbler/contract-flows';
import type { LoginUser } from '@tumbler/contract-users';
import { editable, faultsOf, fieldsOf, saveProfile, valuesOf } from './profile-form.js';
import type { ActionEvent, RequiredAction } from './required-action.js';

interface ProfileAction extends Pick<RequiredAction, 'id' | 'isDue' | 'initiable'> {
  /** @param addresses the old and the new one, where it has changed. */
  told: (user: LoginUser, addresses: Record<string, string>) => ActionEvent[];
}

/** An action in which users look through what is known of them, and put it right. */
export const profileAction = ({ told, ...action }: ProfileAction): RequiredAction => ({
  ...action,
  because: 'updateProfileMessage',

  async ask(turn) {
    const attributes = await editable(turn);
    const values = valuesOf(turn.user, attributes);
    return page(fieldsOf(attributes, values, faultsOf(turn.user, values)));
  },

  async answer(turn, input) {
    const attributes = await editable(turn);
    const saved = await saveProfile(turn, attributes, input);
    if (saved.wrong) {
      return {
        kind: 'again',
        form: page(fieldsOf(attributes, input, saved.wrong)),
        event: { type: 'UPDATE_PROFILE_ERROR', error: saved.error },
      };
    }
    const [before, now] = [turn.user.email, saved.user.email];
    const addresses = {
      ...(before ? { previous_email: before } : {}),
      ...(now ? { updated_email: now } : {}),
    };
    const moved = before?.toLowerCase() !== now?.toLowerCase();
    return { kind: 'done', events: told(turn.user, moved ? addresses : {}), user: saved.user };
  },
});

const page = (fields: Field[]): Form => ({
  page: 'login-login-update-profile',
  id: 'kc-update-profile-form',
  title: text('loginProfileTitle'),
  fields,
  buttons: [{ id: 'kc-submit', label: text('doSubmit'), kind: 'primary' }],
});
