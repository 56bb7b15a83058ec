import type { Bindings, Requirement } from '@tumbler/contract-flows';

const FOR_2FA = 'Flow to determine if any 2FA is required for the authentication';
const FOR_OTP = 'Flow to determine if the OTP is required for the authentication';
const FOR_ORGANIZATION = 'Flow to determine if the organization identity-first login is to be used';
const FOR_RESET_OTP = 'Flow to determine if the OTP should be reset or not. Set to REQUIRED to force.';

/**
 * The flows that a new realm has, each as the manual draws it: priority, requirement, and what is done. The names are
 * those that tools and imports know; some steps name what Tumbler does not do (`authenticators/unsupported.ts`).
 */
export const DEFAULT_FLOWS: DefaultFlow[] = [
  flow('browser', 'Browser based authentication', [
    step(10, 'ALTERNATIVE', 'auth-cookie'),
    step(20, 'DISABLED', 'auth-spnego'),
    step(25, 'ALTERNATIVE', 'identity-provider-redirector'),
    sub(26, 'ALTERNATIVE', 'Organization', undefined, [
      sub(10, 'CONDITIONAL', 'Browser - Conditional Organization', FOR_ORGANIZATION, [
        step(10, 'REQUIRED', 'conditional-user-configured'),
        step(20, 'ALTERNATIVE', 'organization'),
      ]),
    ]),
    sub(30, 'ALTERNATIVE', 'forms', 'Username, password, otp and other auth forms.', [
      step(10, 'REQUIRED', 'auth-username-password-form'),
      secondFactor(20, 'Browser - Conditional 2FA', 'browser-conditional-credential'),
    ]),
  ]),

  flow('direct grant', 'OpenID Connect Resource Owner Grant', [
    step(10, 'REQUIRED', 'direct-grant-validate-username'),
    step(20, 'REQUIRED', 'direct-grant-validate-password'),
    sub(30, 'CONDITIONAL', 'Direct Grant - Conditional OTP', FOR_OTP, [
      step(10, 'REQUIRED', 'conditional-user-configured'),
      step(20, 'REQUIRED', 'direct-grant-validate-otp'),
    ]),
  ]),

  flow('registration', 'Registration flow', [
    form(10, 'REQUIRED', 'registration form', 'Registration form', 'registration-page-form', [
      step(20, 'REQUIRED', 'registration-user-creation'),
      step(50, 'REQUIRED', 'registration-password-action'),
      step(60, 'DISABLED', 'registration-recaptcha-action'),
      step(70, 'DISABLED', 'registration-terms-and-conditions'),
    ]),
  ]),

  flow('reset credentials', 'Reset credentials for a user if they forgot their password or something', [
    step(10, 'REQUIRED', 'reset-credentials-choose-user'),
    step(20, 'REQUIRED', 'reset-credential-email'),
    step(30, 'REQUIRED', 'reset-password'),
    sub(40, 'CONDITIONAL', 'Reset - Conditional OTP', FOR_RESET_OTP, [
      step(10, 'REQUIRED', 'conditional-user-configured'),
      step(20, 'REQUIRED', 'reset-otp'),
    ]),
  ]),

  flow(
    'clients',
    'Base authentication for clients',
    [
      step(10, 'ALTERNATIVE', 'client-secret'),
      step(20, 'ALTERNATIVE', 'client-jwt'),
      step(30, 'ALTERNATIVE', 'client-secret-jwt'),
      step(40, 'ALTERNATIVE', 'client-x509'),
      step(50, 'ALTERNATIVE', 'federated-jwt'),
    ],
    'client-flow',
  ),

  flow(
    'first broker login',
    'Actions taken after first broker login with identity provider account, which is not yet linked to any Keycloak account',
    [
      step(10, 'REQUIRED', 'idp-review-profile', {
        alias: 'review profile config',
        config: { 'update.profile.on.first.login': 'missing' },
      }),
      sub(
        20,
        'REQUIRED',
        'User creation or linking',
        'Flow for the existing/non-existing user alternatives',
        [
          step(10, 'ALTERNATIVE', 'idp-create-user-if-unique', {
            alias: 'create unique user config',
            config: { 'require.password.update.after.registration': 'false' },
          }),
          sub(
            20,
            'ALTERNATIVE',
            'Handle Existing Account',
            'Handle what to do if there is existing account with same email/username like authenticated identity provider',
            [
              step(10, 'REQUIRED', 'idp-confirm-link'),
              sub(
                20,
                'REQUIRED',
                'Account verification options',
                'Method with which to verify the existing account',
                [
                  step(10, 'ALTERNATIVE', 'idp-email-verification'),
                  sub(
                    20,
                    'ALTERNATIVE',
                    'Verify Existing Account by Re-authentication',
                    'Reauthentication of existing account',
                    [
                      step(10, 'REQUIRED', 'idp-username-password-form'),
                      secondFactor(
                        20,
                        'First broker login - Conditional 2FA',
                        'first-broker-login-conditional-credential',
                      ),
                    ],
                  ),
                ],
              ),
            ],
          ),
        ],
      ),
      sub(
        60,
        'CONDITIONAL',
        'First Broker Login - Conditional Organization',
        'Flow to determine if the authenticator that adds organization members is to be used',
        [
          step(10, 'REQUIRED', 'conditional-user-configured'),
          step(20, 'REQUIRED', 'idp-add-organization-member'),
        ],
      ),
    ],
  ),

  flow('docker auth', 'Used by Docker clients to authenticate against the IDP', [
    step(10, 'REQUIRED', 'docker-http-basic-authenticator'),
  ]),

  flow('saml ecp', 'SAML ECP Profile Authentication Flow', [
    step(10, 'REQUIRED', 'http-basic-authenticator'),
  ]),
];

/** Which of them a new realm uses for what. */
export const DEFAULT_BINDINGS: Bindings = {
  browserFlow: 'browser',
  registrationFlow: 'registration',
  directGrantFlow: 'direct grant',
  resetCredentialsFlow: 'reset credentials',
  clientAuthenticationFlow: 'clients',
  dockerAuthenticationFlow: 'docker auth',
  firstBrokerLoginFlow: 'first broker login',
};

export interface DefaultFlow {
  alias: string;
  description?: string;
  providerId: 'basic-flow' | 'form-flow' | 'client-flow';
  steps: DefaultStep[];
}

export interface DefaultStep {
  priority: number;
  requirement: Requirement;
  authenticator?: string;
  config?: { alias: string; config: Record<string, string> };
  flow?: DefaultFlow;
}

/** The codes that a second factor asks for, where the user has one and did not sign in with a passkey. */
function secondFactor(priority: number, alias: string, configAlias: string): DefaultStep {
  return sub(priority, 'CONDITIONAL', alias, FOR_2FA, [
    step(10, 'REQUIRED', 'conditional-user-configured'),
    step(20, 'REQUIRED', 'conditional-credential', {
      alias: configAlias,
      config: { credentials: 'webauthn-passwordless' },
    }),
    step(30, 'ALTERNATIVE', 'auth-otp-form'),
    step(40, 'DISABLED', 'webauthn-authenticator'),
    step(50, 'DISABLED', 'auth-recovery-authn-code-form'),
  ]);
}

function flow(
  alias: string,
  description: string | undefined,
  steps: DefaultStep[],
  providerId: DefaultFlow['providerId'] = 'basic-flow',
): DefaultFlow {
  return { alias, description, providerId, steps };
}

function step(
  priority: number,
  requirement: Requirement,
  authenticator: string,
  config?: DefaultStep['config'],
): DefaultStep {
  return { priority, requirement, authenticator, config };
}

function sub(
  priority: number,
  requirement: Requirement,
  alias: string,
  description: string | undefined,
  steps: DefaultStep[],
): DefaultStep {
  return { priority, requirement, flow: flow(alias, description, steps) };
}

/** A page that is made of parts: the sub-flow lists the parts, the authenticator is the page. */
function form(
  priority: number,
  requirement: Requirement,
  alias: string,
  description: string,
  page: string,
  steps: DefaultStep[],
): DefaultStep {
  return { priority, requirement, authenticator: page, flow: flow(alias, description, steps, 'form-flow') };
}
