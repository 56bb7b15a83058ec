import { text, type Button, type Form } from '@tumbler/contract-flows';
import type { AskingLeaf } from './run.js';

const TRY_ANOTHER_WAY: Button = {
  id: 'try-another-way',
  label: text('doTryAnotherWay'),
  kind: 'secondary',
  name: 'tryAnotherWay',
  value: 'on',
  skipsChecks: true,
};

/** A page that is one of several ways on says so. */
export const offering = (ways: AskingLeaf[], form: Form): Form =>
  ways.length > 1 ? { ...form, buttons: [...form.buttons, TRY_ANOTHER_WAY] } : form;

/** The page on which the user chooses (keycloak.md §6.2). */
export const choiceOf = (ways: AskingLeaf[]): Form => ({
  page: 'login-select-authenticator',
  id: 'kc-select-credential-form',
  title: text('loginChooseAuthenticator'),
  fields: [],
  buttons: ways.map(({ id, authenticator: { offer, displayName, description } }, i) => ({
    id: `kc-select-authenticator-${i}`,
    label: offer?.name ?? { literal: displayName },
    hint: offer?.help ?? { literal: description },
    kind: i === 0 ? 'primary' : 'secondary',
    name: 'authenticationExecution',
    value: id,
  })),
});
