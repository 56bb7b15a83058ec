// npm start, as a person meets it: what it says when something is wrong, and that it leaves nothing behind.
import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { freePort } from './free-port.mjs';
import { ROOT } from './install.mjs';
import { nodeForServices } from './runtime.mjs';

let parent;
let folder;
const running = new Set();

beforeEach(() => {
  parent = mkdtempSync(join(tmpdir(), 'tumbler-start-'));
  folder = join(parent, 'data');
});
afterEach(async () => {
  for (const child of running) child.kill('SIGKILL');
  rmSync(parent, { recursive: true, force: true, maxRetries: 20, retryDelay: 250 });
});

async function npmStart(env = {}) {
  const inherited = Object.fromEntries(
    Object.entries(process.env).filter(
      ([name]) => !/^(TEST_|TUMBLER_|NATS_|DATABASE_URL|PORT$|HOST$)/.test(name),
    ),
  );
  const port = env.PORT ?? String(await freePort());
  const child = spawn(process.execPath, [join(ROOT, 'tools/start.mjs')], {
    env: { ...inherited, TUMBLER_DATA: folder, PORT: port, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  running.add(child);
  let output = '';
  let errors = '';
  child.stdout.on('data', (chunk) => (output += chunk));
  child.stderr.on('data', (chunk) => (errors += chunk));
  const ended = once(child, 'close').then(([status, signal]) => {
    running.delete(child);
    return { status, signal, output, errors };
  });
  return {
    child,
    ended,
    port,
    said: () => output + errors,
    async ready() {
      const stopped = ended.then(({ output: said, errors: wrong }) => {
        throw new Error(`it ended:\n${said}${wrong}`);
      });
      const is = expect
        .poll(() => output, { timeout: 90_000, interval: 50 })
        .toContain('Ctrl-C stops everything.');
      await Promise.race([is, stopped]);
      return output;
    },
    async stop(signal = 'SIGINT') {
      child.kill(signal);
      return ended;
    },
  };
}

/** The processes below one, all generations. */
function below(pid) {
  const rows = execFileSync('ps', ['-eo', 'pid=,ppid='], { encoding: 'utf8' }).trim().split('\n');
  const pairs = rows.map((row) => row.trim().split(/\s+/).map(Number));
  const found = [pid];
  for (const parentPid of found)
    found.push(...pairs.filter(([, ppid]) => ppid === parentPid).map(([own]) => own));
  return found.slice(1);
}

const alive = (pids) =>
  pids.filter((pid) => {
    try {
      process.kill(pid, 0);
      return true;
    } catch {
      return false;
    }
  });

async function problem(env) {
  const { status, errors } = await (await npmStart(env)).ended;
  expect(status).toBe(1);
  expect(errors.match(/✖/g)).toHaveLength(1);
  expect(errors, 'no stack').not.toMatch(/\.m?js:\d+/);
  return errors;
}

describe('says in one message what to do about', () => {
  it('a port that is taken', async () => {
    const other = createServer().listen(0, '127.0.0.1');
    await once(other, 'listening');
    const { port } = other.address();
    expect(await problem({ PORT: String(port) })).toMatch(
      new RegExp(`Port ${port} on 127\\.0\\.0\\.1 is taken.*\\n.*PORT=${port + 1} npm start`),
    );
    other.close();
  });

  it.each(['eighty', '0', '70000'])('PORT=%s', async (PORT) => {
    expect(await problem({ PORT })).toContain('PORT must be a number from 1 to 65535');
  });

  it('a nats-server that does not run', async () => {
    expect(await problem({ NATS_SERVER: '/nowhere/nats-server' })).toMatch(/nats-server does not run/);
  });

  it('a data folder that is a file', async () => {
    writeFileSync(folder, '');
    expect(await problem({})).toMatch(/data folder .* cannot be used: it is not a folder/);
  });

  it('an open address without a password for the administrator', async () => {
    expect(await problem({ HOST: '0.0.0.0' })).toContain('Set TUMBLER_ADMIN_PASSWORD too');
  });

  it('a NATS of its own whose passwords are not told', async () => {
    const said = await problem({ NATS_URL: 'nats://127.0.0.1:4222', NATS_PASSWORD_USERS: 'hidden-value' });
    expect(said).toContain('NATS_PASSWORD_GATEWAY, NATS_PASSWORD_FLOWS, NATS_PASSWORD_CREDENTIALS');
    expect(said).not.toContain('hidden-value');
  });

  it('a database server that does not answer, without repeating its address', async () => {
    const DATABASE_URL = `postgres://postgres:hidden-value@127.0.0.1:${await freePort()}/postgres`;
    const said = await problem({ DATABASE_URL });
    expect(said).toContain('DATABASE_URL must be the address of an administrator');
    expect(said).not.toContain('hidden-value');
  });
});

describe('a life', () => {
  it('starts, keeps its data over a restart, and leaves no process behind', async () => {
    const first = await npmStart();
    const said = await first.ready();
    const [, password] = /Password +(\S+) +\(made just now/.exec(said);
    expect((await fetch(`http://127.0.0.1:${first.port}/health/ready`)).status).toBe(200);
    expect(await token(first.port, password)).toBe(200);

    const second = await (await npmStart()).ended;
    expect(second.status).toBe(1);
    expect(second.errors).toContain(`runs already on ${folder}`);

    const processes = below(first.child.pid);
    expect(processes.length).toBeGreaterThan(6);
    expect((await first.stop('SIGINT')).status).toBe(0);
    // The shells around them may take a moment longer.
    await expect.poll(() => alive(processes), { timeout: 2_000 }).toEqual([]);

    const began = Date.now();
    const again = await npmStart();
    const saidAgain = await again.ready();
    expect(Date.now() - began).toBeLessThan(20_000);
    expect(saidAgain).not.toContain(password);
    expect(await token(again.port, password)).toBe(200);
    expect((await again.stop('SIGTERM')).status).toBe(0);
  });

  it('that ends by a crash of the starter ends all the same, and the next start goes on', async () => {
    const first = await npmStart({ TUMBLER_ADMIN_PASSWORD: 'Tumblers-align-7' });
    await first.ready();
    const processes = below(first.child.pid);
    await first.stop('SIGKILL');
    await expect.poll(() => alive(processes), { timeout: 15_000 }).toEqual([]);

    const next = await npmStart();
    await next.ready();
    expect(await token(next.port, 'Tumblers-align-7')).toBe(200);
    await next.stop();
  });

  it('goes on when a service dies: it is started again, and that is said', async () => {
    const system = await npmStart();
    await system.ready();
    const services = below(system.child.pid).filter((pid) => commandOf(pid).startsWith(nodeForServices()));
    const victim = services.find((pid) => commandOf(pid).includes('apps/credentials/'));
    process.kill(victim, 'SIGKILL');
    await expect
      .poll(system.said, { timeout: 10_000 })
      .toContain('credentials ended (status 137) and is started again');
    const ready = async () => (await fetch(`http://127.0.0.1:${system.port}/health/ready`)).status;
    await expect.poll(ready, { timeout: 30_000 }).toBe(200);
    await system.stop();
  });
});

const commandOf = (pid) => {
  try {
    return execFileSync('ps', ['-o', 'args=', '-p', String(pid)], { encoding: 'utf8' }).trim();
  } catch {
    return '';
  }
};

async function token(port, password) {
  const { status } = await fetch(`http://127.0.0.1:${port}/realms/master/protocol/openid-connect/token`, {
    method: 'POST',
    body: new URLSearchParams({
      grant_type: 'password',
      client_id: 'admin-cli',
      username: 'admin',
      password,
    }),
  });
  return status;
}
