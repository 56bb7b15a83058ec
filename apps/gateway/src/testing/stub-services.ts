import { randomUUID } from 'node:crypto';
import type { LocalBus } from '@tumbler/bus';
import { credentials, type CredentialView } from '@tumbler/contract-credentials';
import { flows, text, type FinishedLogin, type Form, type LoginStep } from '@tumbler/contract-flows';
import { users, type LoginUser, type Realm, type RequiredAction } from '@tumbler/contract-users';

/** A realm with the settings that a new one has. */
export const testRealm = (changes: Partial<Realm> = {}): Realm => ({
  id: randomUUID(),
  name: 'lock & key',
  displayName: 'Lock and Key',
  enabled: true,
  sslRequired: 'external',
  registrationAllowed: false,
  registrationEmailAsUsername: false,
  rememberMe: false,
  verifyEmail: false,
  loginWithEmailAllowed: true,
  duplicateEmailsAllowed: false,
  resetPasswordAllowed: false,
  editUsernameAllowed: false,
  defaultSignatureAlgorithm: 'RS256',
  notBefore: 0,
  accessTokenLifespan: 300,
  ssoSessionIdleTimeout: 1800,
  ssoSessionMaxLifespan: 36_000,
  ssoSessionIdleTimeoutRememberMe: 0,
  ssoSessionMaxLifespanRememberMe: 0,
  offlineSessionIdleTimeout: 2_592_000,
  offlineSessionMaxLifespanEnabled: false,
  offlineSessionMaxLifespan: 5_184_000,
  clientSessionIdleTimeout: 0,
  clientSessionMaxLifespan: 0,
  clientOfflineSessionIdleTimeout: 0,
  clientOfflineSessionMaxLifespan: 0,
  revokeRefreshToken: true,
  refreshTokenMaxReuse: 0,
  oauth2DeviceCodeLifespan: 600,
  oauth2DevicePollingInterval: 5,
  accessCodeLifespan: 60,
  accessCodeLifespanUserAction: 300,
  accessCodeLifespanLogin: 1800,
  actionTokenGeneratedByAdminLifespan: 43_200,
  actionTokenGeneratedByUserLifespan: 300,
  internationalizationEnabled: false,
  supportedLocales: [],
  attributes: {},
  smtpServer: {},
  ...changes,
});

export const ann = (changes: Partial<LoginUser> = {}): LoginUser => ({
  id: '3d0f5fc9-8f0b-4c9c-9a1c-0f6a1a4c9d11',
  username: 'ann',
  email: 'ann@example.org',
  emailVerified: true,
  firstName: 'Ann',
  lastName: 'Archer',
  enabled: true,
  attributes: {},
  roles: [],
  clientRoles: { account: ['manage-account', 'manage-account-links', 'view-profile'] },
  requiredActions: [],
  notBefore: 0,
  ...changes,
});

export const loginForm = (changes: Partial<Form> = {}): Form => ({
  page: 'login-login',
  id: 'kc-form-login',
  title: text('loginAccountTitle'),
  fields: [
    {
      name: 'username',
      type: 'text',
      label: text('usernameOrEmail'),
      autocomplete: 'username',
      required: true,
    },
    {
      name: 'password',
      type: 'password',
      label: text('password'),
      autocomplete: 'current-password',
      required: true,
    },
  ],
  buttons: [{ id: 'kc-login', label: text('doLogIn'), kind: 'primary' }],
  ...changes,
});

export const otpForm = (changes: Partial<Form> = {}): Form => ({
  page: 'login-login-otp',
  id: 'kc-otp-login-form',
  title: text('loginAccountTitle'),
  attemptedUsername: 'ann',
  fields: [{ name: 'otp', type: 'code', label: text('loginOtpOneTime'), autofocus: true, required: true }],
  buttons: [{ id: 'kc-login', label: text('doLogIn'), kind: 'primary' }],
  links: [{ id: 'reset-login', label: text('restartLoginTooltip'), to: 'restart' }],
  ...changes,
});

export const OTP_URI =
  'otpauth://totp/Lock%20and%20Key:ann?secret=JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP&issuer=Lock%20and%20Key&algorithm=SHA1&digits=6&period=30';

export const enrolmentForm = (changes: Partial<Form> = {}): Form => ({
  page: 'login-login-config-totp',
  id: 'kc-totp-settings-form',
  title: text('loginTotpTitle'),
  message: { kind: 'warning', text: text('configureTotpMessage') },
  attemptedUsername: 'ann',
  blocks: [
    {
      kind: 'step',
      text: text('loginTotpStep1'),
      blocks: [
        {
          kind: 'list',
          id: 'kc-totp-supported-apps',
          items: [
            text('totpAppFreeOTPName'),
            text('totpAppGoogleName'),
            text('totpAppMicrosoftAuthenticatorName'),
          ],
        },
      ],
    },
    {
      kind: 'step',
      text: text('loginTotpStep2'),
      blocks: [
        { kind: 'qr', id: 'kc-totp-secret-qr-code', value: OTP_URI, alt: text('loginTotpQrAlt') },
        {
          kind: 'secret',
          id: 'kc-totp-secret-key',
          value: 'JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP',
          label: text('loginTotpManualStep2'),
          uri: OTP_URI,
        },
        {
          kind: 'details',
          rows: [
            { id: 'kc-totp-type', label: text('loginTotpType'), value: text('loginTotp.totp') },
            { id: 'kc-totp-algorithm', label: text('loginTotpAlgorithm'), value: { literal: 'SHA1' } },
            { id: 'kc-totp-digits', label: text('loginTotpDigits'), value: { literal: '6' } },
            { id: 'kc-totp-period', label: text('loginTotpInterval'), value: { literal: '30' } },
          ],
        },
      ],
    },
    { kind: 'step', text: text('loginTotpStep3') },
  ],
  fields: [
    { name: 'totp', type: 'code', label: text('authenticatorCode'), required: true, autofocus: true },
    { name: 'userLabel', type: 'text', label: text('loginTotpDeviceName') },
    { name: 'logout-sessions', type: 'checkbox', label: text('logoutOtherSessions'), value: 'on' },
  ],
  buttons: [{ id: 'saveTOTPBtn', label: text('doSubmit'), kind: 'primary' }],
  links: [{ id: 'reset-login', label: text('restartLoginTooltip'), to: 'restart' }],
  ...changes,
});

export const step = (form: Form, changes: Partial<Extract<LoginStep, { kind: 'form' }>> = {}): LoginStep => ({
  kind: 'form',
  login: randomUUID(),
  execution: 'an-execution',
  code: 'a-code',
  clientId: 'account',
  form,
  ...changes,
});

const finishedLogin = (changes: Partial<FinishedLogin> = {}): FinishedLogin => ({
  userId: ann().id,
  username: 'ann',
  clientId: 'account',
  authTime: Date.parse('2026-03-01T12:00:00Z') / 1000,
  amr: ['pwd', 'otp'],
  rememberMe: false,
  ...changes,
});

export const configureOtp: RequiredAction = {
  alias: 'CONFIGURE_TOTP',
  name: 'Configure OTP',
  providerId: 'CONFIGURE_TOTP',
  enabled: true,
  defaultAction: false,
  priority: 10,
  config: {},
};

const annsCredentials: CredentialView[] = [
  { id: randomUUID(), type: 'password', createdDate: 1_767_225_600_000, priority: 10, credentialData: '{}' },
  {
    id: randomUUID(),
    type: 'otp',
    label: 'Phone <b>',
    createdDate: 1_767_312_000_000,
    priority: 20,
    credentialData: '{}',
  },
];

/** Services that answer what a quiet day needs; a test changes the answers it is about. */
export function stubServices(bus: LocalBus, realm: Realm): void {
  // It is there, so that nobody makes it while a test counts calls.
  const master = { ...realm, id: randomUUID(), name: 'master' };
  bus
    .stub(users.findRealm, ({ name }) => [realm, master].find((each) => each.name === name) ?? null)
    .stub(users.get, () => ({ user: ann(), actions: [configureOtp] }))
    .stub(users.health, () => ({ ok: true }))
    .stub(credentials.list, () => annsCredentials)
    .stub(credentials.health, () => ({ ok: true }))
    .stub(flows.health, () => ({ ok: true }))
    .stub(flows.start, () => step(loginForm()))
    .stub(flows.show, () => step(loginForm()))
    .stub(flows.submit, () => step(otpForm()));
}

export const done = (login: string, changes: Partial<FinishedLogin> = {}): LoginStep => ({
  kind: 'done',
  login,
  finished: finishedLogin(changes),
});

export const failed = (key: string, status: 400 | 403): LoginStep => ({
  kind: 'failed',
  error: text(key),
  status,
});

export const expired: LoginStep = { kind: 'expired', clientId: 'account' };
