// A realm full of users who have a password and an authenticator app.
import { hashRaw, Version } from '@node-rs/argon2';
import { randomBytes } from 'node:crypto';
import { ARGON2 } from './hashes.mjs';

export const PASSWORD = 'correct horse battery staple';
const AT_ONCE = 8;

/**
 * Makes the realm over the administration API. All users have the same password and its hash is handed in ready-made, so
 * that filling the realm costs no hashing.
 * @returns {Promise<{ username: string, key: Buffer }[]>}
 */
export async function fillRealm(system, realm, count, onProgress = () => {}) {
  const call = await administrator(system);
  await call('POST', '/admin/realms', { realm, enabled: true });
  const password = await importedPassword();
  const users = Array.from({ length: count }, (_, i) => ({ username: `user-${i}`, key: asciiKey() }));
  let next = 0;
  await Promise.all(
    Array.from({ length: AT_ONCE }, async () => {
      while (next < users.length) {
        const { username, key } = users[next++];
        await call('POST', `/admin/realms/${realm}/users`, {
          username,
          email: `${username}@example.org`,
          enabled: true,
          credentials: [password, importedOtp(key)],
        });
        onProgress(next, count);
      }
    }),
  );
  return users;
}

/** Calls the administration API: `call('POST', '/admin/realms', { … })`. */
export async function administrator({ url, admin }) {
  const token = await adminToken(url, admin);
  return (method, path, body) => api(url, token, method, path, body);
}

async function adminToken(url, { name, password }) {
  const response = await fetch(`${url}/realms/master/protocol/openid-connect/token`, {
    method: 'POST',
    body: new URLSearchParams({ grant_type: 'password', client_id: 'admin-cli', username: name, password }),
  });
  if (!response.ok)
    throw new Error(`no token for the administrator: ${response.status} ${await response.text()}`);
  let { access_token: token, refresh_token: refresh, expires_in: seconds } = await response.json();
  let fresh = Date.now();
  return async () => {
    if (Date.now() - fresh > (seconds * 1000) / 2) {
      fresh = Date.now();
      const renewed = await fetch(`${url}/realms/master/protocol/openid-connect/token`, {
        method: 'POST',
        body: new URLSearchParams({
          grant_type: 'refresh_token',
          client_id: 'admin-cli',
          refresh_token: refresh,
        }),
      });
      ({ access_token: token, refresh_token: refresh, expires_in: seconds } = await renewed.json());
    }
    return token;
  };
}

async function api(url, token, method, path, body) {
  const response = await fetch(`${url}${path}`, {
    method,
    headers: { authorization: `Bearer ${await token()}`, 'content-type': 'application/json' },
    body: JSON.stringify(body),
  });
  if (!response.ok) throw new Error(`${method} ${path}: ${response.status} ${await response.text()}`);
}

/** A password as Keycloak's exports hold it (keycloak.md §5.5). */
async function importedPassword() {
  const salt = randomBytes(16);
  const value = await hashRaw(PASSWORD, { ...ARGON2, version: Version.V0x13, salt, outputLen: 32 });
  return {
    type: 'password',
    secretData: JSON.stringify({
      value: value.toString('base64'),
      salt: salt.toString('base64'),
      additionalParameters: {},
    }),
    credentialData: JSON.stringify({
      hashIterations: ARGON2.timeCost,
      algorithm: 'argon2',
      additionalParameters: {
        hashLength: ['32'],
        memory: [String(ARGON2.memoryCost)],
        type: ['id'],
        version: ['1.3'],
        parallelism: [String(ARGON2.parallelism)],
      },
    }),
  };
}

/** Twenty characters, whose bytes are the key: that is how Keycloak makes its secrets. */
const asciiKey = () => Buffer.from(randomBytes(10).toString('hex'));

const importedOtp = (key) => ({
  type: 'otp',
  secretData: JSON.stringify({ value: key.toString('ascii') }),
  credentialData: JSON.stringify({
    subType: 'totp',
    digits: 6,
    counter: 0,
    period: 30,
    algorithm: 'HmacSHA1',
  }),
});
