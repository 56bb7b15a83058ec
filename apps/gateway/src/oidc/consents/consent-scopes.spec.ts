import { expect, it } from 'vitest';
import { CLIENT_DEFAULTS } from '../clients/client-settings.js';
import { scopesToConsent } from './consent-scopes.js';

it('asks for consent to a scope that an administrator made, whether it is always there or asked for', () => {
  const client = {
    ...CLIENT_DEFAULTS,
    ...{ id: 'c', realmId: 'r', clientId: 'app' },
    defaultClientScopes: ['web-origins', 'email', 'usual'],
    optionalClientScopes: ['phone', 'plan', 'other'],
  };
  expect(scopesToConsent(client, { scope: 'openid plan' })).toEqual(['email', 'plan', 'usual']);
});
