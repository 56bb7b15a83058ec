import { loadConfig, type ConfigError } from '@tumbler/config';
import { expect, it } from 'vitest';
import { CredentialsConfig } from './config.js';

const key = Buffer.alloc(32, 7).toString('base64');
const env = { DATABASE_URL: 'postgres://localhost/credentials', TUMBLER_KEYS: `k1:${key}` };
const problemsOf = (changes: NodeJS.ProcessEnv): string => {
  try {
    loadConfig(CredentialsConfig, { ...env, ...changes });
    return '';
  } catch (error) {
    return (error as ConfigError).message;
  }
};

it('asks for keys and a database, and knows how passwords are hashed (C-06)', () => {
  expect(loadConfig(CredentialsConfig, { ...env, TUMBLER_KEYS: `k2:${key},k1:${key}` })).toMatchObject({
    ARGON2_MEMORY: 7168,
    ARGON2_ITERATIONS: 5,
  });
  expect(loadConfig(CredentialsConfig, { ...env, ARGON2_MEMORY: '19456' }).ARGON2_MEMORY).toBe(19_456);
});

it.each([
  ['TUMBLER_KEYS', ''],
  ['TUMBLER_KEYS', 'k1:c2hvcnQ='],
  ['TUMBLER_KEYS', key],
  ['ARGON2_MEMORY', '1024'],
  ['ARGON2_MEMORY', 'much'],
  ['ARGON2_ITERATIONS', '0'],
])('names %s when it is wrong, and does not repeat it', (name, value) => {
  const problems = problemsOf({ [name]: value });
  expect(problems).toContain(name);
  if (value.length > 4) expect(problems).not.toContain(value);
});
