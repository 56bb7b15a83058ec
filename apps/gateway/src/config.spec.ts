import { ConfigError, loadConfig } from '@tumbler/config';
import { expect, it } from 'vitest';
import { GatewayConfig } from './config.js';

const KEY = `k1:${Buffer.alloc(32, 1).toString('base64')}`;
const least = { DATABASE_URL: 'postgres://localhost/gateway', TUMBLER_KEYS: KEY };

it('works on a laptop with little said', () => {
  const config = loadConfig(GatewayConfig, least);
  expect(config).toMatchObject({
    PORT: 8080,
    HOST: '127.0.0.1',
    publicUrl: 'http://localhost:8080',
    https: false,
  });
  expect(config.trustedProxies).toEqual([]);
});

it('reads what is said', () => {
  const config = loadConfig(GatewayConfig, {
    ...least,
    PORT: '9000',
    TUMBLER_KEYS: `${KEY},k0:${Buffer.alloc(32, 2).toString('base64')}`,
    TRUSTED_PROXIES: '10.0.0.1, 192.168.0.0/16',
  });
  expect(config).toMatchObject({ PORT: 9000, publicUrl: 'http://localhost:9000' });
  expect(config.trustedProxies).toEqual(['10.0.0.1', '192.168.0.0/16']);
  expect(loadConfig(GatewayConfig, { ...least, PUBLIC_URL: 'https://id.example' }).https).toBe(true);
});

it('names everything that is wrong, and no value', () => {
  const wrong = {
    PORT: 'eighty',
    PUBLIC_URL: 'https://id.example/path',
    TUMBLER_KEYS: 'k1:c2hvcnQ=',
    TUMBLER_ADMIN: 'me',
  };
  const error = (() => {
    try {
      return loadConfig(GatewayConfig, wrong);
    } catch (thrown) {
      return thrown;
    }
  })();
  expect(error).toBeInstanceOf(ConfigError);
  const { message } = error as ConfigError;
  for (const name of ['PORT', 'PUBLIC_URL', 'TUMBLER_KEYS', 'TUMBLER_ADMIN', 'DATABASE_URL']) {
    expect(message).toContain(name);
  }
  expect(message).not.toContain('c2hvcnQ');
});
