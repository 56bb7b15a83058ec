// npm run bench:login: logins with password and code through the real stack, beside what this machine does in password
// hashes alone in the same run. Each login hashes once, so hashes per second are the most that can be had.
import { mkdtempSync, rmSync } from 'node:fs';
import { availableParallelism, tmpdir } from 'node:os';
import { join } from 'node:path';
import { freePort } from '../free-port.mjs';
import { build } from '../install.mjs';
import { fail } from '../problem.mjs';
import { step } from '../progress.mjs';
import { startSystem } from '../system.mjs';
import { Browser } from './browser.mjs';
import { cpuByPart, difference } from './cpu.mjs';
import { hashesPerSecond } from './hashes.mjs';
import { spread } from './percentiles.mjs';
import { totp } from './totp.mjs';
import { fillRealm, PASSWORD } from './users.mjs';

const SECONDS = Number(process.env.BENCH_SECONDS ?? 20);
const BROWSERS = Number(process.env.BENCH_BROWSERS ?? 8);
const HASH_SECONDS = 4;
const STEP_SECONDS = 30;
const REALM = 'bench';
/** More logins than one for every two hashes have not been seen: so many users are enough for a time step, and a bit. */
const MOST_LOGINS_PER_HASH = 0.5;

const folder = mkdtempSync(join(tmpdir(), 'tumbler-bench-'));
let system;
try {
  await step('Building', build);
  system = await startSystem({ folder, port: await freePort(), step });
  const before = await step('Hashing alone', () => hashesPerSecond(HASH_SECONDS));
  const pool = Math.ceil(before * MOST_LOGINS_PER_HASH * STEP_SECONDS * 1.2);
  const users = await step(`Making ${pool} users with a password and a device each`, () =>
    fillRealm(system, REALM, pool),
  );
  const next = inTurn(users);
  await step('Warming up', () => logInFor(5, next, {}));
  const timings = {};
  const cpu = cpuByPart();
  const logins = await step('Logging in', () => logInFor(SECONDS, next, timings));
  const used = difference(cpu, cpuByPart());
  const after = await step('Hashing alone, again', () => hashesPerSecond(HASH_SECONDS));
  report({ ...logins, hashes: (before + after) / 2, timings, used });
} catch (error) {
  fail(error);
} finally {
  await system?.stop();
  rmSync(folder, { recursive: true, force: true });
}
process.exit();

/** A code is accepted once, so each user may sign in once in a time step. */
function inTurn(users) {
  let turn = 0;
  return () => users[turn++ % users.length];
}

async function logInFor(seconds, next, timings) {
  const began = performance.now();
  const elapsed = () => (performance.now() - began) / 1000;
  let done = 0;
  await Promise.all(
    Array.from({ length: BROWSERS }, async () => {
      for (; elapsed() < seconds; done++) await logIn(next(), timings);
    }),
  );
  return { done, seconds: elapsed() };
}

async function logIn({ username, key }, timings) {
  const browser = new Browser(timings);
  const page = await browser.open('page', `${system.url}/realms/${REALM}/account`);
  const asksCode = await browser.submit('password', page, { username, password: PASSWORD }, system.url);
  const end = await browser.submit('code', asksCode, { otp: totp(key) }, system.url);
  if (end.status !== 303)
    throw new Error(`the login of ${username} ended with status ${end.status}:\n${end.body}`);
}

function report({ done, seconds, hashes, timings, used }) {
  const perSecond = done / seconds;
  const hashMs = (1000 * availableParallelism()) / hashes;
  const perLogin = Object.entries(used).map(([part, ms]) => [part, ms / done]);
  const total = perLogin.reduce((sum, [, ms]) => sum + ms, 0);
  const lines = [
    '',
    `${done} logins with password and code (3 requests each), ${BROWSERS} at once, ${availableParallelism()} cores,`,
    'the client on the same cores:',
    '',
    `  logins per second          ${perSecond.toFixed(1)}`,
    `  argon2id hashes per second ${hashes.toFixed(1)}   (alone, mean of before and after)`,
    ...Object.entries(timings).map(([name, times]) => `  ${name.padEnd(26)} ${spread(times)}`),
    '',
    `CPU ms per login: ${total.toFixed(1)}, of which one hash takes ${hashMs.toFixed(1)}`,
    ...perLogin.map(([part, ms]) => `  ${part.padEnd(26)} ${ms.toFixed(2)}`),
    '',
    `ratio logins-per-hash: ${(perSecond / hashes).toFixed(3)}`,
    '',
  ];
  process.stdout.write(lines.join('\n'));
}
