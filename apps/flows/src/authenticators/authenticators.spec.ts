import 'reflect-metadata';
import { describe, expect, it } from 'vitest';
import { authenticators, Authenticators } from './index.js';
import { authenticatorSuite } from './authenticators.suite.js';

for (const authenticator of authenticators) authenticatorSuite(authenticator);

describe('the list of authenticators', () => {
  it('names each once', () => {
    expect(new Authenticators().all.length).toBe(new Set(authenticators.map(({ id }) => id)).size);
  });

  // Tools compare these texts word for word (keycloak.md §2.9).
  it.each([
    ['auth-cookie', 'Cookie', 'Validates the SSO cookie set by the auth server.'],
    [
      'auth-username-password-form',
      'Username Password Form',
      'Validates a username and password from login form.',
    ],
    ['auth-username-form', 'Username Form', 'Selects a user from his username.'],
    ['auth-password-form', 'Password Form', 'Validates a password from login form.'],
    ['auth-otp-form', 'OTP Form', 'Validates a OTP on a separate OTP form.'],
    [
      'direct-grant-validate-otp',
      'OTP',
      "Validates the one time password supplied as a 'totp' form parameter in direct grant request",
    ],
    [
      'reset-otp',
      'Reset OTP',
      "Removes existing OTP configurations (if chosen) and sets the 'Configure OTP' required action.",
    ],
    ['conditional-user-role', 'Condition - user role', 'Flow is executed only if user has the given role.'],
    [
      'conditional-user-configured',
      'Condition - user configured',
      'Executes the current flow only if authenticators are configured',
    ],
    [
      'conditional-user-attribute',
      'Condition - user attribute',
      'Flow is executed only if the user attribute exists and has the expected value',
    ],
  ])('has %s by the name and the words that tools know', (id, displayName, description) => {
    expect(new Authenticators().get(id)).toMatchObject({ displayName, description });
  });
});
