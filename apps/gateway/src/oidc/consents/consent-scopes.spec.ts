import { describe, expect, it } from 'vitest';
import { builtInScopes, CLAIMS_OF_SCOPES } from '../clients/built-in-scopes.js';
import { CLIENT_DEFAULTS } from '../clients/client-settings.js';
import { scopesToConsent } from './consent-scopes.js';

const CLIENT = { ...CLIENT_DEFAULTS, id: 'c', realmId: 'r', clientId: 'app' };

it('asks for consent to a scope that an administrator made, whether it is always there or asked for', () => {
  const client = {
    ...CLIENT,
    defaultClientScopes: ['web-origins', 'email', 'usual'],
    optionalClientScopes: ['phone', 'plan', 'other'],
  };
  expect(scopesToConsent(client, { scope: 'openid plan' })).toEqual(['email', 'plan', 'usual']);
});

describe('a claim that is asked for by its name', () => {
  const client = { ...CLIENT, defaultClientScopes: ['basic'] };
  const told = builtInScopes('r').flatMap(({ name, protocolMappers }) =>
    name in CLAIMS_OF_SCOPES
      ? protocolMappers.flatMap(({ config: { 'claim.name': claim } }) => (claim ? [[claim, name]] : []))
      : [],
  );

  it.each([...told, ['name', 'profile'], ['address', 'address']])(
    '%s needs the consent to its scope',
    (claim, scope) => {
      for (const part of ['userinfo', 'id_token']) {
        const claims = JSON.stringify({ [part]: { [claim]: null } });
        expect(scopesToConsent(client, { scope: 'openid', claims })).toEqual([scope]);
      }
    },
  );
});
