import { text, type Form } from '@tumbler/contract-flows';
import type { RequiredAction } from '../required-action.js';

/** Shows the terms. Whoever declines does not get in, and is asked again the next time. */
export const termsAndConditions: RequiredAction = {
  id: 'TERMS_AND_CONDITIONS',
  initiable: false,

  ask: () => page,

  async answer({ now }, input) {
    if (input.cancel !== undefined) {
      return {
        kind: 'failed',
        error: 'rejected_by_user',
        text: text('termsAcceptanceRequired'),
        status: 403,
      };
    }
    if (input.accept === undefined) return { kind: 'again', form: page };
    return {
      kind: 'done',
      events: [
        { type: 'CUSTOM_REQUIRED_ACTION', details: { custom_required_action: 'TERMS_AND_CONDITIONS' } },
      ],
      attributes: accepted(now),
    };
  },
};

/** When the terms were accepted, as Keycloak writes it down. */
export const accepted = (now: number): Record<string, string[]> => ({ terms_and_conditions: [String(now)] });

const page: Form = {
  page: 'login-terms',
  id: 'kc-terms-form',
  title: text('termsTitle'),
  blocks: [{ kind: 'text', id: 'kc-terms-text', text: text('termsPlainText') }],
  fields: [],
  buttons: [
    { id: 'kc-accept', label: text('doAccept'), kind: 'primary', name: 'accept', value: 'on' },
    {
      id: 'kc-decline',
      label: text('doDecline'),
      kind: 'secondary',
      name: 'cancel',
      value: 'on',
      skipsChecks: true,
    },
  ],
};
