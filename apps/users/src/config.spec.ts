import { ConfigError, loadConfig } from '@tumbler/config';
import { expect, it } from 'vitest';
import { UsersConfig } from './config.js';

const DATABASE_URL = 'postgres://localhost/users';
const key = Buffer.alloc(32, 7).toString('base64');

it('takes several keys, the first of which seals', () => {
  const TUMBLER_KEYS = `k2:${key},k1:${key}`;
  expect(loadConfig(UsersConfig, { DATABASE_URL, TUMBLER_KEYS })).toMatchObject({ TUMBLER_KEYS });
});

it.each(['', 'k1:c2hvcnQ=', key])(
  'names TUMBLER_KEYS when it is wrong, and does not repeat it',
  (TUMBLER_KEYS) => {
    const load = () => loadConfig(UsersConfig, { DATABASE_URL, TUMBLER_KEYS });
    expect(load).toThrow(ConfigError);
    expect(load).toThrow(/TUMBLER_KEYS/);
    if (TUMBLER_KEYS) expect(load).not.toThrow(TUMBLER_KEYS);
  },
);
