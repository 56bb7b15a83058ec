import type { ConfigPropertyView } from '@tumbler/contract-flows';

const words = (name: string, label: string, helpText: string, more: Partial<ConfigPropertyView> = {}) => ({
  ...{ name, label, helpText, type: 'String' as const, required: false, secret: false, readOnly: false },
  ...more,
});
const flag = (name: string, label: string, helpText: string) =>
  words(name, label, helpText, { type: 'boolean', defaultValue: false });
const role = (name: string, label: string, helpText: string) =>
  words(name, label, helpText, { type: 'Role' });
const oneOf = (name: string, label: string, helpText: string, options: string[], defaultValue?: string) =>
  words(name, label, helpText, { type: 'List', options, ...(defaultValue ? { defaultValue } : {}) });

const recaptcha = [
  words('site.key', 'reCAPTCHA Site Key', 'Google reCAPTCHA site key'),
  words('secret.key', 'reCAPTCHA Secret', 'Google reCAPTCHA secret', { secret: true }),
];

/** By what a step names: what can be set about it (keycloak.md §2.9, 2.10). */
const PROPERTIES: Record<string, ConfigPropertyView[]> = {
  'identity-provider-redirector': [
    words(
      'defaultProvider',
      'Default Identity Provider',
      'To automatically redirect to an identity provider.',
    ),
  ],
  'auth-conditional-otp-form': [
    words(
      'otpControlAttribute',
      'OTP control User Attribute',
      'The user attribute that says whether a code is asked for: "force" to ask, "skip" not to; with any other value the next rule decides.',
    ),
    role('skipOtpRole', 'Skip OTP for Role', 'A user who has this role is not asked for a code.'),
    role('forceOtpRole', 'Force OTP for Role', 'A user who has this role is asked for a code.'),
    words(
      'noOtpRequiredForHeaderPattern',
      'Skip OTP for Header',
      'No code is asked for where a request header, written "Name: value", matches this regular expression.',
      { defaultValue: '' },
    ),
    words(
      'forceOtpForHeaderPattern',
      'Force OTP for Header',
      'A code is asked for where a request header, written "Name: value", matches this regular expression.',
      { defaultValue: '' },
    ),
    oneOf('defaultOtpOutcome', 'Fallback OTP handling', 'What happens where no other rule decides.', [
      'skip',
      'force',
    ]),
  ],
  'conditional-user-role': [
    role(
      'condUserRole',
      'User role',
      'The role that the user has to have: a role of the realm, or client.role for one of a client.',
    ),
    flag('negate', 'Negate output', 'The condition holds for those who have not the role.'),
  ],
  'conditional-user-attribute': [
    words('attribute_name', 'Attribute name', 'Name of the attribute to check'),
    words('attribute_expected_value', 'Expected attribute value', 'Value that the attribute has to have'),
    flag('not', 'Negate output', 'The condition holds for those who have not the value.'),
  ],
  'conditional-level-of-authentication': [
    words('loa-condition-level', 'Level of Authentication (LoA)', 'The level that this sub-flow leads to.'),
    words('loa-max-age', 'Max Age', 'For how many seconds the level is kept.', { defaultValue: '36000' }),
  ],
  'conditional-credential': [
    words('credentials', 'Credentials', 'The types of credential that are looked for.', {
      type: 'MultivaluedList',
      options: ['password', 'otp', 'recovery-authn-codes', 'webauthn', 'webauthn-passwordless', 'none'],
      required: true,
    }),
    flag(
      'included',
      'Included',
      'The condition holds where one of them was used; otherwise, where none was.',
    ),
  ],
  'conditional-sub-flow-executed': [
    words('flow_to_check', 'Flow name', 'The name of the sub-flow that is looked at.', { required: true }),
    oneOf(
      'check_result',
      'Check result',
      'Whether the condition holds where the sub-flow was executed, or where it was not.',
      ['executed', 'not-executed'],
      'executed',
    ),
  ],
  'conditional-client-scope': [
    words('client_scope', 'Client scope name', 'The client scope that has to be asked for.'),
    flag('negate', 'Negate output', 'The condition holds where the scope is not asked for.'),
  ],
  'deny-access-authenticator': [
    words(
      'denyErrorMessage',
      'Error message',
      'What the user reads. A sentence, or the key of a text; "Access denied" where it is empty.',
    ),
  ],
  'reset-credential-email': [
    words(
      'force-login',
      'Force login after reset',
      'After the reset the user signs in anew, with the new password. There is no other way here.',
      { type: 'boolean', defaultValue: true, readOnly: true },
    ),
  ],
  'reset-otp': [
    words(
      'ask_enrolled_factor',
      'Ask for the enrolled factor',
      'Whoever has an OTP device gives a code of it first: without, a mailbox is enough to replace it.',
      { type: 'boolean', defaultValue: true },
    ),
    oneOf(
      'action_on_otp_reset_flag',
      'Action on OTP reset',
      'What becomes of the OTP devices that the user has.',
      ['Remove none', 'Remove one', 'Remove all'],
      'Remove none',
    ),
  ],
  'registration-recaptcha-action': recaptcha,
  'registration-recaptcha-enterprise': recaptcha,
  organization: [
    flag('requiresUserMembership', 'Requires user membership', 'Only members of the organization go on.'),
  ],
  'idp-review-profile': [
    oneOf(
      'update.profile.on.first.login',
      'Update Profile on First Login',
      'Who looks over their profile at the first login.',
      ['on', 'missing', 'off'],
      'missing',
    ),
  ],
  'idp-create-user-if-unique': [
    flag(
      'require.password.update.after.registration',
      'Require Password Update After Registration',
      'A user who is made by it sets a password.',
    ),
  ],
};

export const propertiesOf = (providerId: string): ConfigPropertyView[] =>
  Object.hasOwn(PROPERTIES, providerId) ? PROPERTIES[providerId]! : [];
