import { text, type Form } from '@tumbler/contract-flows';
import type { Asks, Outcome } from '../../authenticators/authenticator.js';

/** Shows a notice that everybody has to agree to at each login: that the system is watched, or whose it is. */
export const notice: Asks = {
  kind: 'asks',
  id: 'notice',
  displayName: 'Notice',
  description: 'Shows a notice at each login. Whoever declines is not let in.',
  choices: ['REQUIRED', 'DISABLED'],
  configurable: true,
  properties: [
    {
      name: 'notice',
      label: 'Notice',
      helpText: 'What everybody has to agree to.',
      type: 'String',
      required: true,
      secret: false,
      readOnly: false,
    },
  ],
  needsUser: false,
  ready: () => true,

  ask: ({ step }) => page(step.config.notice),

  async answer({ step }, input): Promise<Outcome> {
    if (input.cancel !== undefined) {
      return { kind: 'failed', error: 'rejected_by_user', text: text('access-denied'), status: 403 };
    }
    // A form can be sent by hand: what was not agreed to was not agreed to.
    if (input.accept === undefined) return { kind: 'refused', form: page(step.config.notice) };
    return { kind: 'passed' };
  },
};

const page = (words = ''): Form => ({
  page: 'login-notice',
  id: 'kc-notice-form',
  title: { literal: 'Notice' },
  blocks: [{ kind: 'text', id: 'kc-notice-text', text: { literal: words } }],
  fields: [],
  buttons: [
    { id: 'kc-accept', label: text('doAccept'), kind: 'primary', name: 'accept', value: 'on' },
    { id: 'kc-decline', label: text('doDecline'), kind: 'secondary', name: 'cancel', value: 'on' },
  ],
});
