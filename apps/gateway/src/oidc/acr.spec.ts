import { describe, expect, it } from 'vitest';
import { testRealm } from '../testing/stub-services.js';
import { acrOf, acrValuesOf, mustBeKnown, readAcrMap, wantedBy, type AcrParams } from './acr.js';

const METALS = JSON.stringify({ silver: '1', gold: 2 });
const realm = testRealm({ attributes: { 'acr.loa.map': METALS } });
const client = (attributes: Record<string, string> = {}) => ({
  attributes,
  defaultClientScopes: ['profile'],
  optionalClientScopes: ['phone'],
});
const claim = (acr: unknown) => ({ claims: JSON.stringify({ id_token: { acr } }) });
const UNREACHABLE = 2_147_483_647;

describe('what a request wants of a login', () => {
  it.each<[what: string, params: AcrParams, attributes: Record<string, string>, wanted: object]>([
    ['nothing', {}, {}, {}],
    ['a level by its name', { acr_values: 'gold' }, {}, { level: 2 }],
    ['the highest of several', { acr_values: 'gold silver' }, {}, { level: 2 }],
    ['a level by its number', { acr_values: '3' }, {}, { level: 3 }],
    ['no level by a name that means nothing', { acr_values: 'bronze' }, {}, {}],
    ['a level among the claims', claim({ values: ['silver'] }), {}, { level: 1 }],
    ['a level that it must reach', claim({ essential: true, value: 'gold' }), {}, { level: 2, mustReach: 2 }],
    [
      'the highest of several, and at least the lowest',
      claim({ essential: true, values: ['gold', 'silver'] }),
      {},
      { level: 2, mustReach: 1 },
    ],
    [
      'what it must reach, whatever it would like besides',
      { acr_values: 'gold', ...claim({ essential: true, value: 'silver' }) },
      {},
      { level: 1, mustReach: 1 },
    ],
    [
      'what nobody reaches, by an essential level that means nothing, where nobody could be told (RFC 8628)',
      claim({ essential: true, value: 'bronze' }),
      {},
      { level: UNREACHABLE, mustReach: UNREACHABLE },
    ],
    ['no level by a claim without a value', claim({ essential: true }), {}, {}],
    ['no level by a claim that is null', claim(null), {}, {}],
    ['what the client wants by default', {}, { 'default.acr.values': 'silver##gold' }, { level: 2 }],
    [
      'what it asks for before that',
      { acr_values: 'silver' },
      { 'default.acr.values': 'gold' },
      { level: 1 },
    ],
    [
      'the minimum of the client, though it asks for less',
      { acr_values: 'silver' },
      { 'minimum.acr.value': 'gold' },
      { level: 2, mustReach: 2 },
    ],
    [
      'more than the minimum',
      claim({ essential: true, value: 'gold' }),
      { 'minimum.acr.value': '1' },
      { level: 2, mustReach: 2 },
    ],
    [
      'what nobody reaches, by a minimum that means nothing (mistakes.md: silently drops the demand)',
      {},
      { 'minimum.acr.value': 'bronze' },
      { level: UNREACHABLE, mustReach: UNREACHABLE },
    ],
    [
      'levels by the client’s own names',
      { acr_values: 'gold' },
      { 'acr.loa.map': '{"gold":5}' },
      { level: 5 },
    ],
    [
      'levels by those of the realm where it has none',
      { acr_values: 'gold' },
      { 'acr.loa.map': '{}' },
      { level: 2 },
    ],
  ])('is %s', (_what, params, attributes, wanted) => {
    expect(wantedBy(realm, client(attributes), params)).toEqual({ scopes: ['profile'], ...wanted });
  });

  it('names the client scopes that it may ask for', () => {
    const { scopes } = wantedBy(realm, client(), { scope: 'openid phone address' });
    expect(scopes).toEqual(['profile', 'phone']);
  });

  it.each([
    ['an essential level that means nothing', claim({ essential: true, values: ['silver', 'bronze'] })],
    ['values that are no list', claim({ essential: true, values: 'gold' })],
  ])('is refused for %s', (_what, params) => {
    expect(() => mustBeKnown(realm, client(), params)).toThrow('invalid_request');
  });
});

describe('the name of a level', () => {
  it.each<[number, AcrParams, string]>([
    [2, {}, 'gold'],
    [3, {}, 'gold'],
    [1, {}, 'silver'],
    [0, {}, '0'],
    [2, { acr_values: 'silver' }, 'silver'],
    [2, { acr_values: '2' }, '2'],
    [1, { acr_values: 'gold' }, 'silver'],
    [2, claim({ essential: true, values: ['silver', 'gold'] }), 'gold'],
  ])('%s, asked %j, is %s', (level, params, acr) => {
    expect(acrOf(level, realm, client(), params)).toBe(acr);
  });

  it('is its number where there are no names', () => {
    expect(acrOf(2, testRealm(), client(), {})).toBe('2');
    expect(acrOf(1, testRealm(), client(), { acr_values: '__proto__ constructor' })).toBe('1');
  });

  it('is told beforehand', () => {
    expect(acrValuesOf(realm)).toEqual(['silver', 'gold']);
    expect(acrValuesOf(testRealm())).toEqual(['0', '1']);
  });

  it.each(['x', '[]', 'null', '7', '{"gold":"high"}', '{"gold":-1}', '{"gold":{}}', '{"gold":1.5}'])(
    'is not read from %s',
    (text) => {
      expect(readAcrMap(text)).toBeUndefined();
    },
  );
});
