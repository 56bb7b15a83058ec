// npm run bench:login: logins with password and code through the real stack, next to bare argon2 hashes in the same run.
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { freePort } from '../free-port.mjs';
import { startSystem } from '../system.mjs';
import { Browser } from './browser.mjs';
import { hashesPerSecond } from './hashes.mjs';
import { spread } from './percentiles.mjs';
import { totp } from './totp.mjs';
import { fillRealm, PASSWORD } from './users.mjs';

const SECONDS = Number(process.env.BENCH_SECONDS ?? 20);
const BROWSERS = Number(process.env.BENCH_BROWSERS ?? 8);
const STEP_MS = 30_000;
const REALM = 'bench';

const folder = await mkdtemp(join(tmpdir(), 'tumbler-bench-'));
const system = await startSystem({ folder, port: await freePort() });
try {
  console.log('Measuring argon2 alone …');
  const hashes = await hashesPerSecond(5);

  // A code is accepted once, so a user can sign in once in a time step: there must be users for a whole step and a bit.
  const pool = Math.ceil(hashes * (STEP_MS / 1000) * 1.2);
  console.log(`Making ${pool} users …`);
  const users = await fillRealm(system, REALM, pool);

  console.log(`Signing in for ${SECONDS} s with ${BROWSERS} browsers …`);
  const timings = {};
  let next = 0;
  await run(BROWSERS, 2, () => signIn(users[next++ % users.length], {}));
  const { done, seconds } = await run(BROWSERS, SECONDS, () => signIn(users[next++ % users.length], timings));

  const logins = done / seconds;
  console.log(`argon2 hashes per second, alone: ${hashes.toFixed(1)}`);
  console.log(`logins per second (password and code): ${logins.toFixed(1)}`);
  console.log(`ratio logins to hashes: ${(logins / hashes).toFixed(2)}`);
  for (const [name, times] of Object.entries(timings)) console.log(`  ${name}: ${spread(times)}`);
} finally {
  await system.stop();
  await rm(folder, { recursive: true, force: true });
}

/** Does `work` again and again, `workers` at a time. */
async function run(workers, seconds, work) {
  const started = performance.now();
  let done = 0;
  await Promise.all(
    Array.from({ length: workers }, async () => {
      while (performance.now() - started < seconds * 1000) {
        await work();
        done++;
      }
    }),
  );
  return { done, seconds: (performance.now() - started) / 1000 };
}

async function signIn({ username, key }, timings) {
  const browser = new Browser(timings);
  const login = await browser.open('login page', `${system.url}/realms/${REALM}/account`);
  const code = await browser.submit('password', login, { username, password: PASSWORD }, system.url);
  const done = await browser.submit('code', code, { otp: totp(key) }, system.url);
  if (done.status !== 303) throw new Error(`${username} did not get in: status ${done.status}`);
}
