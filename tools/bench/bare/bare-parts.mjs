// What a sign-in costs where its parts do nothing but their part: an HTTP server, NATS, Postgres, two signatures, a hash.
import { fileURLToPath } from 'node:url';
import { freePort } from '../../free-port.mjs';
import { Part } from '../../part.mjs';
import { nodeForServices, OPTIONS_OF_SERVICES } from '../../runtime.mjs';
import { SERVICES } from '../../services.mjs';
import { Browser } from '../browser.mjs';
import { cpuByPart, difference } from '../cpu.mjs';

const SERVICE = fileURLToPath(new URL('service.mjs', import.meta.url));
const COUNTED = ['postgres', 'nats', ...SERVICES.map((name) => `bare ${name}`)];

/**
 * Milliseconds of processor time for one sign-in, its hash included, on the Postgres and the NATS of a system that has
 * nothing else to do.
 */
export async function measureBareParts(system, { browsers, warmUp, seconds }) {
  const port = await freePort();
  const node = nodeForServices();
  const parts = SERVICES.map((name) => {
    const env = {
      PATH: process.env.PATH,
      NODE_ENV: 'production',
      DATABASE_URL: system.databaseUrls[name],
      NATS_URL: system.natsUrl,
      NATS_PASSWORD: system.passwords[name],
      PORT: String(port),
    };
    return new Part({ name: `bare ${name}`, command: [node, ...OPTIONS_OF_SERVICES, SERVICE, name], env });
  });
  try {
    for (const part of parts) await part.start('ready');
    await load(port, browsers, warmUp);
    const before = cpuByPart();
    const done = await load(port, browsers, seconds);
    const used = difference(before, cpuByPart());
    return COUNTED.reduce((sum, part) => sum + used[part], 0) / done;
  } finally {
    await Promise.all(parts.map((part) => part.stop()));
  }
}

async function load(port, browsers, seconds) {
  const until = performance.now() + seconds * 1000;
  let done = 0;
  await Promise.all(
    Array.from({ length: browsers }, async () => {
      for (; performance.now() < until; done++) await signIn(`http://127.0.0.1:${port}`);
    }),
  );
  return done;
}

async function signIn(base) {
  const browser = new Browser({});
  const send = (name, fields) =>
    browser.request(name, `${base}/${name}`, { method: 'POST', body: new URLSearchParams(fields) });
  const answers = [
    await browser.open('authorization', `${base}/authorization`),
    await send('password', { username: 'user', password: 'correct horse battery staple' }),
    await send('code', { otp: '123456' }),
    await send('tokens', { grant_type: 'authorization_code', code: 'x'.repeat(43) }),
    await browser.open('userinfo', `${base}/userinfo`),
  ];
  const wrong = answers.find(({ status }) => status >= 400);
  if (wrong) throw new Error(`a part with nothing in it failed: ${wrong.status} ${wrong.body}`);
}
