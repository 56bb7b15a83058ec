import { isEmail, isURL } from 'class-validator';
import { PERSON_NAME, USERNAME } from '../users/characters.js';
import { fits } from './pattern.js';

/** What is wrong with the values of an attribute: the key of a text, and what the text tells. */
export interface Fault {
  message: string;
  params?: (string | number)[];
}

type Config = Record<string, unknown>;
type Validator = (value: string, config: Config) => Fault | undefined;

const fault = (message: string, ...params: (string | number)[]): Fault => ({ message, params });
const numberIn = (config: Config, name: string): number | undefined =>
  config[name] === undefined || config[name] === '' ? undefined : Number(config[name]);

const LOOKALIKE = /[^\p{Script=Latin}\p{Script=Common}]/u;
const DATE = /^\d{4}-\d{2}-\d{2}$/;

/** The rules that a profile may name, each for one value that is not empty. */
export const VALIDATORS: Record<string, Validator> = {
  length(value, config) {
    const length = (config['trim-disabled'] ? value : value.trim()).length;
    const [min, max] = [numberIn(config, 'min'), numberIn(config, 'max')];
    const wrong = (min !== undefined && length < min) || (max !== undefined && length > max);
    if (!wrong) return undefined;
    if (min !== undefined && max !== undefined) return fault('error-invalid-length', min, max);
    return min !== undefined
      ? fault('error-invalid-length-too-short', min)
      : fault('error-invalid-length-too-long', max!);
  },
  pattern(value, config) {
    if (fits(String(config.pattern), value)) return undefined;
    const own = config['error-message'];
    return fault(typeof own === 'string' && own ? own : 'error-pattern-no-match');
  },
  email: (value) => (isEmail(value, { require_tld: false }) ? undefined : fault('error-invalid-email')),
  options: (value, { options }) =>
    Array.isArray(options) && options.includes(value) ? undefined : fault('error-invalid-value'),
  integer: (value, config) =>
    /^[+-]?\d{1,15}$/.test(value) ? inRange(Number(value), config) : fault('error-invalid-number'),
  double: (value, config) =>
    /^[+-]?\d{1,15}(\.\d{1,15})?$/.test(value)
      ? inRange(Number(value), config)
      : fault('error-invalid-number'),
  uri: (value) =>
    isURL(value, { require_tld: false, require_protocol: true }) ? undefined : fault('error-invalid-uri'),
  'local-date': (value) => (isDate(value) ? undefined : fault('error-invalid-date')),
  'iso-date': (value) => (isDate(value) ? undefined : fault('error-invalid-date')),
  'username-prohibited-characters': (value) =>
    USERNAME.test(value) ? undefined : fault('error-username-invalid-character'),
  'person-name-prohibited-characters': (value) =>
    PERSON_NAME.test(value) ? undefined : fault('error-person-name-invalid-character'),
  // Names are compared in one canonical form; letters that only look Latin are the rest.
  'up-username-not-idn-homograph': (value) =>
    LOOKALIKE.test(value) && /\p{Script=Latin}/u.test(value)
      ? fault('error-username-invalid-character')
      : undefined,
};

function inRange(value: number, config: Config): Fault | undefined {
  const [min, max] = [numberIn(config, 'min'), numberIn(config, 'max')];
  const wrong = (min !== undefined && value < min) || (max !== undefined && value > max);
  return wrong ? fault('error-number-out-of-range', min ?? '', max ?? '') : undefined;
}

const isDate = (value: string): boolean => DATE.test(value) && !Number.isNaN(Date.parse(value));
