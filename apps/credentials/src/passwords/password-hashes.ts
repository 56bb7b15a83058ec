import { pbkdf2, randomBytes, timingSafeEqual } from 'node:crypto';
import { availableParallelism } from 'node:os';
import { promisify } from 'node:util';
import { Injectable } from '@nestjs/common';
import { hash, verify } from '@node-rs/argon2';
import { CredentialsConfig } from '../config.js';
import { readPhc } from './phc.js';
import { WorkQueue } from './work-queue.js';

const PBKDF2_DIGEST: Record<string, string> = {
  pbkdf2: 'sha1',
  'pbkdf2-sha256': 'sha256',
  'pbkdf2-sha512': 'sha512',
};
/** With the default parameters a core makes a good hundred hashes a second: the last one in waits for a second or two. */
const INSIDE_PER_CORE = 200;

const derive = promisify(pbkdf2);

/** Makes hashes (argon2id) and compares with them, also with those made elsewhere. */
@Injectable()
export class PasswordHashes {
  // A hash keeps a core busy and empties its caches, so one core is left to who waits for something else.
  private readonly cores = Math.max(1, availableParallelism() - 1);
  private readonly queue = new WorkQueue(this.cores, this.cores * INSIDE_PER_CORE);
  private readonly parameters: { memoryCost: number; timeCost: number; parallelism: number };
  /** The hash of a password that nobody has. */
  private readonly nobodys: Promise<string>;

  constructor(config: CredentialsConfig) {
    // argon2id, version 1.3 and 32 bytes are what the library does unless told otherwise.
    this.parameters = {
      memoryCost: config.ARGON2_MEMORY,
      timeCost: config.ARGON2_ITERATIONS,
      parallelism: 1,
    };
    this.nobodys = hash(randomBytes(32), this.parameters);
  }

  /**
   * Lets in whoever needs hashes; all that is below happens inside. Asked before an attempt is paid for, so that an
   * overload eats up nobody's attempts. Throws `service_unavailable`.
   */
  admit<T>(visit: () => Promise<T>): Promise<T> {
    return this.queue.admit(visit);
  }

  make(password: string): Promise<string> {
    return this.queue.run(() => hash(password, this.parameters));
  }

  /** Is it the password that the hash was made of? */
  matches(password: string, phc: string): Promise<boolean> {
    return this.queue.run(() => {
      const { id, parameters, salt, hash: wanted } = readPhc(phc);
      const digest = PBKDF2_DIGEST[id];
      if (!digest) return verify(phc, password);
      return derive(password, salt, parameters.i!, wanted.length, digest).then((found) =>
        timingSafeEqual(found, wanted),
      );
    });
  }

  /** Does the work of a comparison where there is nothing to compare with, so that time does not tell who exists (C-03). */
  async pretend(password: string): Promise<false> {
    await this.matches(password, await this.nobodys);
    return false;
  }

  /** Was it made in another way, or with less work, than is asked for today? */
  isWeak(phc: string): boolean {
    const { id, version, parameters } = readPhc(phc);
    const { memoryCost, timeCost } = this.parameters;
    return id !== 'argon2id' || version !== 19 || parameters.m! * parameters.t! < memoryCost * timeCost;
  }
}
