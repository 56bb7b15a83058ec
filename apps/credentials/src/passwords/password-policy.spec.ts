import { AppError } from '@tumbler/errors';
import { describe, expect, it } from 'vitest';
import { brokenBy, passwordPolicyOf } from './password-policy.js';

const ann = { username: 'annabelle', email: 'ann@example.com' };
const key = (name: string) => `invalidPassword${name}Message`;

describe('a realm without a password policy (N-18, ASVS 6.2)', () => {
  const policy = passwordPolicyOf(undefined);
  it.each([
    ['seven c', key('MinLength'), [8]],
    ['', key('MinLength'), [1]],
    ['eight ch', undefined, undefined],
    ['🔐🔐🔐🔐🔐🔐🔐', key('MinLength'), [8]],
    ['🔐🔐🔐🔐🔐🔐🔐🔐', undefined, undefined],
    ['annabelle', key('NotUsername'), []],
    ['AnnaBelle', key('NotUsername'), []],
    ['password', key('Blacklisted'), []],
    ['Qwertyuiop', key('Blacklisted'), []],
    ['ann@example.com', undefined, undefined],
    ['no digits, no capitals', undefined, undefined],
    ['x'.repeat(256), undefined, undefined],
    ['x'.repeat(257), key('MaxLength'), [256]],
  ])('answers %j with %s', (password, wanted, params) => {
    expect(brokenBy(password, policy, ann)).toEqual(wanted && { key: wanted, params });
  });

  it.each([null, '', '  '])('is also one whose policy is %j', (notation) => {
    expect(passwordPolicyOf(notation)).toEqual(policy);
  });
});

describe("a policy in Keycloak's notation", () => {
  it.each([
    ['length(12)', 'eleven char', key('MinLength'), [12]],
    ['length', 'seven c', key('MinLength'), [8]],
    ['length(undefined)', 'seven c', key('MinLength'), [8]],
    ['length(4)', 'pass', undefined, undefined],
    ['length(0)', '', key('MinLength'), [1]],
    ['maxLength(10)', 'eleven char', key('MaxLength'), [10]],
    ['digits(2)', 'one digit 1', key('MinDigits'), [2]],
    ['digits(2)', 'two digits 1 ٢', undefined, undefined],
    ['lowerCase(3)', 'UPPER and', undefined, undefined],
    ['lowerCase(3)', 'UPPER an', key('MinLowerCaseChars'), [3]],
    ['upperCase(1)', 'lower', key('MinUpperCaseChars'), [1]],
    ['upperCase(1)', 'loweÉ', undefined, undefined],
    ['specialChars(2)', 'one!', key('MinSpecialChars'), [2]],
    ['specialChars(2)', 'two !', undefined, undefined],
    ['notUsername(undefined)', 'ANNABELLE', key('NotUsername'), []],
    ['notEmail(undefined)', 'Ann@Example.com', key('NotEmail'), []],
    ['length(8) and digits(1) and notUsername(undefined)', 'longer than eight', key('MinDigits'), [1]],
    ['length(8)', 'password', undefined, undefined],
  ])('%s answers %j with %s', (notation, password, wanted, params) => {
    expect(brokenBy(password, passwordPolicyOf(notation), ann)).toEqual(wanted && { key: wanted, params });
  });

  it('tells how many old passwords must not come again', () => {
    expect(passwordPolicyOf('passwordHistory(5)').history).toBe(5);
    expect(passwordPolicyOf('length(8) and passwordHistory').history).toBe(3);
    expect(passwordPolicyOf('length(8)').history).toBe(0);
  });

  it.each([
    'regexPattern(^.*$)',
    'hashIterations(27500)',
    'length(8) and passwordBlacklist(list.txt)',
    'common',
    'length(-1)',
    'length(8',
    'length(8), digits(1)',
    'passwordHistory(1000)',
    'toString',
  ])('that says %s is refused, since it would not be kept', (notation) => {
    expect(() => passwordPolicyOf(notation)).toThrow(AppError);
  });
});
