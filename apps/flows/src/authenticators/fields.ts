import { text, type Field, type Link, type LoginRealm, type Text } from '@tumbler/contract-flows';

/** The fields that more than one page has, by Keycloak's names and ids (keycloak.md §6.2). */

export const usernameField = (realm: LoginRealm, value = '', wrong?: Text): Field => ({
  name: 'username',
  type: 'text',
  label: text(realm.loginWithEmailAllowed ? 'usernameOrEmail' : 'username'),
  autocomplete: 'username',
  required: true,
  autofocus: value === '',
  ...(value ? { value } : {}),
  ...(wrong ? { error: { id: 'input-error', text: wrong } } : {}),
});

export const passwordField = (autofocus: boolean, wrong?: Text): Field => ({
  name: 'password',
  type: 'password',
  label: text('password'),
  autocomplete: 'current-password',
  required: true,
  autofocus,
  ...(wrong ? { error: { id: 'input-error', text: wrong } } : {}),
});

export const rememberMeFields = (realm: LoginRealm, value = ''): Field[] =>
  realm.rememberMe
    ? [
        {
          name: 'rememberMe',
          type: 'checkbox',
          label: text('rememberMe'),
          ...(value === 'on' ? { value } : {}),
        },
      ]
    : [];

/** Two fields for a new password; nothing that was typed into them comes back. */
export const newPasswordFields = (
  names: { password: string; confirm: string },
  labels: { password: Text; confirm: Text },
  wrong: { password?: Text; confirm?: Text } = {},
): Field[] => [
  {
    name: names.password,
    type: 'password',
    label: labels.password,
    autocomplete: 'new-password',
    required: true,
    ...(wrong.password ? { error: { id: `input-error-${names.password}`, text: wrong.password } } : {}),
  },
  {
    name: names.confirm,
    type: 'password',
    label: labels.confirm,
    autocomplete: 'new-password',
    required: true,
    ...(wrong.confirm ? { error: { id: `input-error-${names.confirm}`, text: wrong.confirm } } : {}),
  },
];

export const logoutSessionsField: Field = {
  name: 'logout-sessions',
  type: 'checkbox',
  label: text('logoutOtherSessions'),
};

/** Where somebody may go who cannot sign in. */
export const wayOutLinks = (realm: LoginRealm): Link[] => [
  ...(realm.resetPasswordAllowed
    ? [{ id: 'kc-forgot-password', label: text('doForgotPassword'), to: 'reset-credentials' as const }]
    : []),
  ...(realm.registrationAllowed
    ? [{ id: 'kc-registration', label: text('doRegister'), to: 'registration' as const }]
    : []),
];
