import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { freePort } from '../../../tools/free-port.mjs';
import { natsPasswords, startNats } from '../../../tools/nats.mjs';
import type { BusUser, TestNats } from './nats.js';

export interface FreshNats {
  /** How a service connects to it. */
  as(user: BusUser): TestNats;
  /** Ends it at once, as a crash would. */
  crash(): Promise<void>;
  /** Starts it again, at the same address. */
  start(): Promise<void>;
  drop(): Promise<void>;
}

/** A NATS of its own, for a test that takes it away. */
export async function freshNats(): Promise<FreshNats> {
  const store = await mkdtemp(join(tmpdir(), 'tumbler-nats-'));
  const passwords = natsPasswords();
  const nats = await startNats({ port: await freePort(), store, passwords });
  return {
    as: (user) => ({ NATS_URL: nats.url, NATS_USER: user, NATS_PASSWORD: passwords[user]! }),
    async crash() {
      nats.part.kill();
      await nats.part.ended();
    },
    start: () => nats.start(),
    async drop() {
      await nats.stop();
      await rm(store, { recursive: true, force: true });
    },
  };
}
