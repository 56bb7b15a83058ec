import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestProject } from 'vitest/node';
import { freePort } from '../../tools/free-port.mjs';
import { startSystem } from '../../tools/system.mjs';
import { lastLinesOf } from './last-lines.js';

/** What stories know of the system that all of them share. Only what can be written as JSON crosses to them. */
export interface SharedSystem {
  url: string;
  natsUrl: string;
  subscriberPassword: string;
  admin: { name: string; password: string };
}

declare module 'vitest' {
  interface ProvidedContext {
    system: SharedSystem;
  }
}

export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const folder = await mkdtemp(join(tmpdir(), 'tumbler-e2e-'));
  const lines = lastLinesOf();
  const adminPassword = 'Correct horse battery staple 1';
  const system = await startSystem({ folder, port: await freePort(), adminPassword, log: lines.add });
  project.provide('system', {
    url: system.url.replace('127.0.0.1', 'localhost'),
    natsUrl: system.natsUrl,
    subscriberPassword: system.passwords.subscriber,
    admin: { name: system.admin.name, password: adminPassword },
  });
  return async () => {
    await system.stop();
    if (process.env.E2E_LOGS) process.stdout.write(lines.text());
    await rm(folder, { recursive: true, force: true });
  };
}
