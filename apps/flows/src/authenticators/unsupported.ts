import type { Requirement } from '@tumbler/contract-flows';
import type { Unsupported } from './authenticator.js';

const OPTIONAL: Requirement[] = ['REQUIRED', 'ALTERNATIVE', 'DISABLED'];
const ONLY_REQUIRED: Requirement[] = ['REQUIRED'];

/**
 * Steps of the default flows that Tumbler does not take. A flow keeps them, so that it reads as it does elsewhere; as an
 * ALTERNATIVE they are left out, and a REQUIRED one nobody passes.
 */
export const unsupported: Unsupported[] = [
  step('auth-spnego', 'Kerberos', 'Initiates the SPNEGO protocol.  Most often used with Kerberos.', OPTIONAL),
  step(
    'identity-provider-redirector',
    'Identity Provider Redirector',
    'Redirects to default Identity Provider or Identity Provider specified with kc_idp_hint query parameter',
    OPTIONAL,
    true,
  ),
  step(
    'organization',
    'Organization Identity-First Login',
    'Allows users to log in by their organization',
    OPTIONAL,
    true,
  ),
  step(
    'webauthn-authenticator',
    'WebAuthn Authenticator',
    'Authenticator for WebAuthn. Usually used for WebAuthn two-factor authentication',
    OPTIONAL,
  ),
  step(
    'webauthn-authenticator-passwordless',
    'WebAuthn Passwordless Authenticator',
    'Authenticator for Passwordless WebAuthn authentication',
    OPTIONAL,
  ),
  step(
    'idp-review-profile',
    'Review Profile',
    'User reviews and updates profile data retrieved from Identity Provider in the displayed form',
    OPTIONAL,
    true,
  ),
  step(
    'idp-create-user-if-unique',
    'Create User If Unique',
    'Detect if there is existing Keycloak account with same email like identity provider. If no, create new user',
    OPTIONAL,
    true,
  ),
  step(
    'idp-confirm-link',
    'Confirm link existing account',
    'Show the form where user confirms if he wants to link identity provider to existing account or rather edit user profile data retrieved from identity provider to avoid conflict',
    OPTIONAL,
  ),
  step(
    'idp-email-verification',
    'Verify existing account by Email',
    'Email verification of existing Keycloak user, that wants to link his user account with identity provider',
    OPTIONAL,
  ),
  step(
    'idp-username-password-form',
    'Username Password Form for identity provider reauthentication',
    'Validates a password from login form. Username may be already known from identity provider authentication',
    OPTIONAL,
  ),
  step(
    'idp-add-organization-member',
    'Organization Member Onboard',
    'Adds a federated user as a member of an organization',
    OPTIONAL,
  ),
  step(
    'docker-http-basic-authenticator',
    'Docker Authenticator',
    'Uses HTTP Basic authentication to validate docker users, returning a docker error token on auth failure',
    ONLY_REQUIRED,
  ),
  step(
    'http-basic-authenticator',
    'HTTP Basic Authentication',
    'Validates username and password from Authorization HTTP header',
    OPTIONAL,
  ),
];

function step(
  id: string,
  displayName: string,
  description: string,
  choices: Requirement[],
  configurable = false,
): Unsupported {
  return { kind: 'unsupported', id, displayName, description, choices, configurable };
}
