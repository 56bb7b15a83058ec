import { invalid } from '@tumbler/errors';
import { COMMON_PASSWORDS } from './common-passwords.js';

/** Longer ones are refused and never cut short: hashing without end would be a way to keep the service busy. */
const LONGEST = 256;

/** What a password must not be. Passed in for the rules, and not kept. */
export interface PasswordOwner {
  username?: string;
  email?: string;
}

/** The message key of the rule that a password breaks, and the numbers in its text. */
export interface Broken {
  key: string;
  params: (string | number)[];
}

interface Rule {
  /** What `undefined` or nothing in the brackets means. */
  otherwise: number;
  key: string;
  broken: (password: string, value: number, owner: PasswordOwner) => boolean;
}

const same = (password: string, other?: string) => other?.toLowerCase() === password.toLowerCase();
const fewer = (pattern: RegExp) => (password: string, least: number) =>
  (password.match(pattern) ?? []).length < least;
/** A character is a code point: an emoji counts once (N-18). */
const lengthOf = (password: string) => [...password].length;

/** By the names of Keycloak's notation. The history is not among them: it takes hashes to tell. */
const RULES = {
  length: {
    otherwise: 8,
    key: 'invalidPasswordMinLengthMessage',
    broken: (password, least) => lengthOf(password) < least,
  },
  maxLength: {
    otherwise: 64,
    key: 'invalidPasswordMaxLengthMessage',
    broken: (password, most) => lengthOf(password) > most,
  },
  digits: { otherwise: 1, key: 'invalidPasswordMinDigitsMessage', broken: fewer(/\p{Nd}/gu) },
  lowerCase: { otherwise: 1, key: 'invalidPasswordMinLowerCaseCharsMessage', broken: fewer(/\p{Ll}/gu) },
  upperCase: { otherwise: 1, key: 'invalidPasswordMinUpperCaseCharsMessage', broken: fewer(/\p{Lu}/gu) },
  specialChars: {
    otherwise: 1,
    key: 'invalidPasswordMinSpecialCharsMessage',
    broken: fewer(/[^\p{L}\p{Nd}]/gu),
  },
  notUsername: {
    otherwise: 0,
    key: 'invalidPasswordNotUsernameMessage',
    broken: (password, _, { username }) => same(password, username),
  },
  notEmail: {
    otherwise: 0,
    key: 'invalidPasswordNotEmailMessage',
    broken: (password, _, { email }) => same(password, email),
  },
  common: {
    otherwise: 0,
    key: 'invalidPasswordBlacklistedMessage',
    broken: (password) => COMMON_PASSWORDS.has(password.toLowerCase()),
  },
} satisfies Record<string, Rule>;

type RuleName = keyof typeof RULES;

export interface PasswordPolicy {
  rules: { name: RuleName; value: number }[];
  /** How many of the last passwords, the present one among them, must not come again; 0 for none. */
  history: number;
}

/** N-18, ASVS 6.2: eight characters, not the username, nothing that everybody tries first, and no rules about what is in it. */
const DEFAULT: PasswordPolicy = {
  rules: [
    { name: 'length', value: 8 },
    { name: 'notUsername', value: 0 },
    { name: 'common', value: 0 },
  ],
  history: 0,
};

/** Written `name`, `name()`, `name(3)` or `name(undefined)`. */
const NOTATION = /^(?<name>[A-Za-z]+)(?:\((?<value>undefined|\d{0,9})\))?$/;
const WRITTEN = new Set(Object.keys(RULES).filter((name) => name !== 'common'));
const DEFAULT_HISTORY = 3;
/** Each remembered password costs a hash when a new one is chosen. */
const LONGEST_HISTORY = 24;

/**
 * Reads Keycloak's notation: `length(12) and digits(2) and notUsername(undefined)`. Nothing stored means the default.
 * Throws `invalid_request` for a rule that we do not know: a policy that is silently not enforced is worse than none.
 */
export function passwordPolicyOf(notation: string | null | undefined): PasswordPolicy {
  if (!notation?.trim()) return DEFAULT;
  const policy: PasswordPolicy = { rules: [], history: 0 };
  for (const part of notation.trim().split(/\s+and\s+/)) {
    const { name, value } = NOTATION.exec(part.trim())?.groups ?? {};
    const number = value && value !== 'undefined' ? Number(value) : undefined;
    if (name === 'passwordHistory') {
      policy.history = number ?? DEFAULT_HISTORY;
      if (policy.history > LONGEST_HISTORY)
        throw invalid(`passwordHistory: ${LONGEST_HISTORY} at most`, 'passwordPolicy');
    } else if (isRuleName(name)) {
      policy.rules.push({ name, value: number ?? RULES[name].otherwise });
    } else {
      throw invalid(`Unknown password policy: ${part}`, 'passwordPolicy');
    }
  }
  return policy;
}

/** A policy from elsewhere: the rules of it that are known here, in the same notation, and those that are not. */
export function knownRules(notation: string | undefined): { known?: string; unknown: string[] } {
  const parts = (notation?.trim() ?? '').split(/\s+and\s+(?=[A-Za-z]+(?:\(|\s|$))/).filter(Boolean);
  const unknown = parts.filter((part) => !isKnown(part));
  const known = parts.filter((part) => !unknown.includes(part)).join(' and ');
  return { ...(known ? { known } : {}), unknown };
}

function isKnown(part: string): boolean {
  try {
    return passwordPolicyOf(part) !== DEFAULT;
  } catch {
    return false;
  }
}

const isRuleName = (name: string | undefined): name is RuleName => name !== undefined && WRITTEN.has(name);

/** Answers the first rule that the password breaks. */
export function brokenBy(password: string, policy: PasswordPolicy, owner: PasswordOwner): Broken | undefined {
  if (password === '') return { key: RULES.length.key, params: [1] };
  const rules: PasswordPolicy['rules'] = [...policy.rules, { name: 'maxLength', value: LONGEST }];
  const broken = rules.find(({ name, value }) => {
    const rule: Rule = RULES[name];
    return rule.broken(password, value, owner);
  });
  if (!broken) return undefined;
  const { key, otherwise }: Rule = RULES[broken.name];
  return { key, params: otherwise === 0 ? [] : [broken.value] };
}
