// How many argon2id hashes this machine makes in a second, alone: what every login with a password is measured against.
import { Algorithm, hash } from '@node-rs/argon2';
import { availableParallelism } from 'node:os';

/** The default parameters of the credentials service. */
export const ARGON2 = { algorithm: Algorithm.Argon2id, memoryCost: 7168, timeCost: 5, parallelism: 1 };

/** @param {number} seconds how long to measure */
export const hashesPerSecond = async (seconds) => (await measureHashes(seconds)).perSecond;

/** The same, and the milliseconds of processor time that one hash takes, whoever else is at the machine. */
export async function measureHashes(seconds) {
  const before = process.cpuUsage();
  const workers = availableParallelism();
  const until = Date.now() + seconds * 1000;
  const started = performance.now();
  let made = 0;
  await Promise.all(
    Array.from({ length: workers }, async () => {
      while (Date.now() < until) {
        await hash('correct horse battery staple', ARGON2);
        made++;
      }
    }),
  );
  const { user, system } = process.cpuUsage(before);
  return { perSecond: made / ((performance.now() - started) / 1000), cpuMs: (user + system) / 1000 / made };
}
