// npm run bench:oidc: complete sign-ins of an application (authorization request, password, code, tokens, userinfo)
// through the real stack, beside what this machine does in password hashes alone in the same run.
import { createHash, randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { availableParallelism, tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { freePort } from '../free-port.mjs';
import { build } from '../install.mjs';
import { fail } from '../problem.mjs';
import { step } from '../progress.mjs';
import { startSystem } from '../system.mjs';
import { measureBareParts } from './bare/bare-parts.mjs';
import { Browser } from './browser.mjs';
import { cpuByPart, difference, memoryByPart } from './cpu.mjs';
import { measureHashes } from './hashes.mjs';
import { spread } from './percentiles.mjs';
import { totp } from './totp.mjs';
import { administrator, fillRealm, PASSWORD } from './users.mjs';

const SECONDS = Number(process.env.BENCH_SECONDS ?? 20);
const BROWSERS = Number(process.env.BENCH_BROWSERS ?? 8);
/** V8 goes on compiling what is hot for the first thousand sign-ins; a server that has run for a minute has done with it. */
const WARM_UP_SECONDS = Number(process.env.BENCH_WARM_UP ?? 30);
const HASH_SECONDS = 4;
const BARE = { browsers: BROWSERS, warmUp: 10, seconds: 10 };
const STEP_SECONDS = 30;
const REALM = 'bench';
const CLIENT = 'bench-app';
const CALLBACK = 'https://app.example.org/callback';
/** More than this has not been seen; a code is accepted once, so there must be users for a whole time step. */
const MOST_SIGN_INS_PER_HASH = 0.5;

const folder = mkdtempSync(join(tmpdir(), 'tumbler-bench-'));
let system;
let endpoint;
try {
  await step('Building', build);
  system = await startSystem({ folder, port: await freePort(), step });
  endpoint = `${system.url}/realms/${REALM}/protocol/openid-connect`;
  const before = await step('Hashing alone', () => measureHashes(HASH_SECONDS));
  const pool = Math.ceil(before.perSecond * MOST_SIGN_INS_PER_HASH * STEP_SECONDS * 1.2);
  const users = await step(`Making ${pool} users with a password and a device each`, () =>
    fillRealm(system, REALM, pool),
  );
  await makeClient();
  const next = inTurn(users);
  await step('Warming up', () => atFullSpeed(WARM_UP_SECONDS, next, {}));

  const full = await step('Signing in, as fast as it goes', () =>
    measured(() => atFullSpeed(SECONDS, next, {})),
  );
  const after = await step('Hashing alone, again', () => measureHashes(HASH_SECONDS));
  const rate = full.done / full.seconds / 2;
  const half = await step(`Signing in at half of that, ${rate.toFixed(1)} a second`, () =>
    measured(() => atRate(rate, SECONDS, next, {})),
  );
  const memory = memoryByPart();
  const bareMs = await step('The same with nothing in it', () => measureBareParts(system, BARE));
  report({ full, half, hashes: [before, after], memory, bareMs });
} catch (error) {
  fail(error);
} finally {
  await system?.stop();
  rmSync(folder, { recursive: true, force: true });
}
process.exit();

async function makeClient() {
  const call = await administrator(system);
  const app = { clientId: CLIENT, publicClient: true, redirectUris: [CALLBACK] };
  await call('POST', `/admin/realms/${REALM}/clients`, app);
}

/** A code is accepted once, so each user may sign in once in a time step. */
function inTurn(users) {
  let turn = 0;
  return () => users[turn++ % users.length];
}

async function measured(work) {
  const before = cpuByPart();
  const done = await work();
  return { ...done, used: difference(before, cpuByPart()) };
}

async function atFullSpeed(seconds, next, timings) {
  const began = performance.now();
  const elapsed = () => (performance.now() - began) / 1000;
  let done = 0;
  await Promise.all(
    Array.from({ length: BROWSERS }, async () => {
      for (; elapsed() < seconds; done++) await signIn(next(), timings);
    }),
  );
  return { done, seconds: elapsed(), timings };
}

/** Each begins when its time has come, however long the others take. */
async function atRate(perSecond, seconds, next, timings) {
  const began = performance.now();
  const running = [];
  for (let n = 0; n < perSecond * seconds; n++) {
    await wait(Math.max(0, began + (n * 1000) / perSecond - performance.now()));
    running.push(signIn(next(), timings));
  }
  await Promise.all(running);
  return { done: running.length, seconds: (performance.now() - began) / 1000, timings };
}

async function signIn({ username, key }, timings) {
  const browser = new Browser(timings);
  const verifier = randomBytes(32).toString('base64url');
  const asked = new URLSearchParams({
    ...{ client_id: CLIENT, redirect_uri: CALLBACK, response_type: 'code', scope: 'openid' },
    ...{ state: randomBytes(16).toString('hex'), nonce: randomBytes(16).toString('hex') },
    ...{
      code_challenge: createHash('sha256').update(verifier).digest('base64url'),
      code_challenge_method: 'S256',
    },
  });
  const page = await browser.open('authorization', `${endpoint}/auth?${asked}`);
  const asksCode = await browser.submit('password', page, { username, password: PASSWORD }, system.url);
  const back = await browser.submit('code', asksCode, { otp: totp(key) }, system.url);
  const location = back.headers.get('location');
  const code = location && new URL(location).searchParams.get('code');
  if (!code) throw new Error(`the sign-in of ${username} ended with status ${back.status}:\n${back.body}`);

  const application = new Browser(timings);
  const tokens = await application.request('tokens', `${endpoint}/token`, {
    method: 'POST',
    body: new URLSearchParams({
      ...{ grant_type: 'authorization_code', client_id: CLIENT, redirect_uri: CALLBACK },
      ...{ code, code_verifier: verifier },
    }),
  });
  if (tokens.status !== 200) throw new Error(`no tokens for ${username}: ${tokens.body}`);
  const authorization = `Bearer ${JSON.parse(tokens.body).access_token}`;
  const info = await application.request('userinfo', `${endpoint}/userinfo`, { headers: { authorization } });
  if (JSON.parse(info.body).preferred_username !== username)
    throw new Error(`userinfo of ${username}: ${info.body}`);
}

function report({ full, half, hashes, memory, bareMs }) {
  const cores = availableParallelism();
  const perSecond = full.done / full.seconds;
  const mean = (of) => (hashes[0][of] + hashes[1][of]) / 2;
  const hashMs = mean('cpuMs');
  const perSignIn = Object.entries(full.used).map(([part, ms]) => [part, ms / full.done]);
  const total = perSignIn.reduce((sum, [, ms]) => sum + ms, 0);
  const times = ({ timings }) =>
    Object.entries(timings).map(([name, of]) => `  ${name.padEnd(26)} ${spread(of)}`);
  const lines = [
    '',
    `${full.done} sign-ins with password and code (5 requests each), ${BROWSERS} at once, ${cores} cores,`,
    'the client on the same cores:',
    '',
    `  sign-ins per second        ${perSecond.toFixed(1)}`,
    `  argon2id hashes per second ${mean('perSecond').toFixed(1)}   (alone, mean of before and after)`,
    ...times(full),
    '',
    `At half load, ${(half.done / half.seconds).toFixed(1)} sign-ins per second:`,
    ...times(half),
    '',
    `CPU ms per sign-in: ${total.toFixed(1)}, of which one hash takes ${hashMs.toFixed(1)}`,
    ...perSignIn.map(
      ([part, ms]) => `  ${part.padEnd(26)} ${ms.toFixed(2)}   (${memory[part]?.toFixed(0) ?? '?'} MiB)`,
    ),
    '',
    `CPU ms beyond the hash per sign-in: ${(total - hashMs).toFixed(1)}`,
    '',
    'As many requests, bus calls, statements and signatures with nothing in between',
    `take ${(bareMs - hashMs).toFixed(1)} beyond the hash; ratio to that: ${((total - hashMs) / (bareMs - hashMs)).toFixed(2)}`,
    '',
  ];
  process.stdout.write(lines.join('\n'));
}
