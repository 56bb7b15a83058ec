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
  /** The same, after it has lost what it kept on its disk. */
  startEmpty(): Promise<void>;
  /** The same, with passwords that no service has. */
  startWithOtherPasswords(): Promise<void>;
  /** How often it has refused the password of a user. */
  refusals(user: BusUser): number;
  drop(): Promise<void>;
}

/** A NATS of its own, for a test that takes it away. */
export async function freshNats(): Promise<FreshNats> {
  const store = await mkdtemp(join(tmpdir(), 'tumbler-nats-'));
  const passwords = natsPasswords();
  const port = await freePort();
  let said = '';
  const log = (_: string, text: string) => void (said += text);
  const startWith = (given: typeof passwords) => startNats({ port, store, passwords: given, log });
  let nats = await startWith(passwords);
  return {
    as: (user) => ({ NATS_URL: nats.url, NATS_USER: user, NATS_PASSWORD: passwords[user]! }),
    async crash() {
      nats.part.kill();
      await nats.part.ended();
    },
    async start() {
      nats = await startWith(passwords);
    },
    async startEmpty() {
      await rm(store, { recursive: true, force: true });
      nats = await startWith(passwords);
    },
    async startWithOtherPasswords() {
      nats = await startWith(natsPasswords());
    },
    refusals: (user) => said.split(`authentication error - User "${user}"`).length - 1,
    async drop() {
      await nats.stop();
      await rm(store, { recursive: true, force: true });
    },
  };
}
