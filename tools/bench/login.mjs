// npm run bench:login: logins with password and code per second, through the real stack, beside what this machine does in
// password hashes alone in the same run. Each login hashes once, so hashes per second are the most that can be had.
import { createHmac, randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { availableParallelism, tmpdir } from 'node:os';
import { join } from 'node:path';
import KcAdminClient from '@keycloak/keycloak-admin-client';
import { freePort } from '../free-port.mjs';
import { build } from '../install.mjs';
import { fail } from '../problem.mjs';
import { step } from '../progress.mjs';
import { startSystem } from '../system.mjs';

const LOGINS = Number(process.env.LOGINS ?? 600);
const AT_ONCE = Number(process.env.AT_ONCE ?? 16);
const HASH_SECONDS = 4;
const PASSWORD = 'Tumblers-align-7';
const REALM = 'bench';

const folder = mkdtempSync(join(tmpdir(), 'tumbler-bench-'));
let system;
try {
  await step('Building', build);
  system = await startSystem({ folder, port: await freePort(), adminPassword: PASSWORD, step });
  const people = await step(`Making ${LOGINS} users with a password and a device each`, makePeople);
  // Nobody has signed in yet: processes are warm after the first few, and those do not count.
  for (const person of people.splice(0, AT_ONCE)) await logIn(person);
  const before = await step('Hashing alone', hashesPerSecond);
  const logins = await step('Logging in', () => timeLogins(people));
  const after = await step('Hashing alone, again', hashesPerSecond);
  report((before + after) / 2, logins);
} catch (error) {
  fail(error);
} finally {
  await system?.stop();
  rmSync(folder, { recursive: true, force: true });
}
process.exit();

async function makePeople() {
  const admin = new KcAdminClient({ baseUrl: system.url });
  const signIn = () =>
    admin.auth({ grantType: 'password', clientId: 'admin-cli', username: 'admin', password: PASSWORD });
  await signIn();
  await admin.realms.create({ realm: REALM, enabled: true });
  const people = Array.from({ length: LOGINS + AT_ONCE }, (_, n) => ({
    username: `user-${n}`,
    // Keycloak's exports hold the secret as text; its bytes are the key.
    secret: randomBytes(10).toString('hex'),
  }));
  let made = 0;
  await atOnce(people, async ({ username, secret }) => {
    if (made++ % 200 === 0) await signIn();
    await admin.users.create({
      realm: REALM,
      username,
      enabled: true,
      credentials: [
        { type: 'password', value: PASSWORD, temporary: false },
        {
          type: 'otp',
          secretData: JSON.stringify({ value: secret }),
          credentialData: JSON.stringify({
            subType: 'totp',
            digits: 6,
            period: 30,
            counter: 0,
            algorithm: 'HmacSHA1',
          }),
        },
      ],
    });
  });
  return people;
}

/** What a browser does: the page, the password, the code, and the account at the end. */
async function logIn({ username, secret }) {
  const cookies = new Map();
  const page = await request(cookies, `/realms/${REALM}/account`);
  const asksCode = await request(cookies, actionOf(page), { username, password: PASSWORD });
  const done = await request(cookies, actionOf(asksCode), { otp: totp(secret) });
  if (done.status !== 303)
    throw new Error(`the login of ${username} ended with status ${done.status}:\n${done.text}`);
}

async function request(cookies, path, fields) {
  const response = await fetch(new URL(path, system.url), {
    method: fields ? 'POST' : 'GET',
    body: fields && new URLSearchParams(fields),
    headers: {
      accept: 'text/html',
      origin: system.url,
      cookie: [...cookies].map((pair) => pair.join('=')).join('; '),
    },
    redirect: 'manual',
  });
  for (const set of response.headers.getSetCookie()) {
    const [, name, value] = /^([^=]+)=([^;]*)/.exec(set);
    cookies.set(name, value);
  }
  return { status: response.status, text: await response.text() };
}

function actionOf({ text, status }) {
  const [, action] = /<form[^>]* action="([^"]+)"/.exec(text) ?? [];
  if (!action) throw new Error(`a form was expected and this came with status ${status}:\n${text}`);
  return action.replaceAll('&amp;', '&');
}

/** RFC 6238, in a few lines: what the phone does is not what is measured. */
function totp(secret) {
  const counter = Buffer.alloc(8);
  counter.writeBigUInt64BE(BigInt(Math.floor(Date.now() / 30_000)));
  const digest = createHmac('sha1', secret).update(counter).digest();
  const offset = digest.at(-1) & 0xf;
  return String((digest.readUInt32BE(offset) & 0x7fffffff) % 1_000_000).padStart(6, '0');
}

async function timeLogins(people) {
  const times = [];
  const began = performance.now();
  await atOnce(people, async (person) => {
    const start = performance.now();
    await logIn(person);
    times.push(performance.now() - start);
  });
  const seconds = (performance.now() - began) / 1000;
  times.sort((a, b) => a - b);
  const percentile = (p) => times[Math.min(times.length - 1, Math.floor(times.length * p))];
  return { perSecond: people.length / seconds, p50: percentile(0.5), p99: percentile(0.99) };
}

/** With the parameters that passwords are stored with, on all cores. */
async function hashesPerSecond() {
  const { hash } = await import('@node-rs/argon2');
  const until = performance.now() + HASH_SECONDS * 1000;
  let done = 0;
  const worker = async () => {
    while (performance.now() < until) {
      await hash(PASSWORD, { memoryCost: 7168, timeCost: 5, parallelism: 1 });
      done++;
    }
  };
  await Promise.all(Array.from({ length: availableParallelism() }, worker));
  return done / HASH_SECONDS;
}

async function atOnce(items, work) {
  const queue = items.values();
  await Promise.all(
    Array.from({ length: AT_ONCE }, async () => {
      for (const item of queue) await work(item);
    }),
  );
}

function report(hashes, { perSecond, p50, p99 }) {
  const lines = [
    '',
    `${LOGINS} logins with password and code (3 requests each), ${AT_ONCE} at once, ${availableParallelism()} cores,`,
    'the client on the same cores:',
    '',
    `  logins per second          ${perSecond.toFixed(1)}`,
    `  argon2id hashes per second ${hashes.toFixed(1)}   (alone, mean of before and after)`,
    `  one login                  p50 ${p50.toFixed(0)} ms, p99 ${p99.toFixed(0)} ms`,
    '',
    `ratio logins-per-hash: ${(perSecond / hashes).toFixed(3)}`,
    '',
  ];
  process.stdout.write(lines.join('\n'));
}
