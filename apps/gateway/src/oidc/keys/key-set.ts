import { SIGNING_ALGORITHMS, type SigningAlgorithm } from '@tumbler/contract-users';
import type { JWK } from 'jose';

/**
 * Seconds between the publishing of a key and its first signature. Longer than applications keep a key set (ten minutes
 * with `jose`) and than another gateway does: by then everybody knows the key.
 */
export const LEAD = 15 * 60;
/** Seconds that the clocks of two gateways may be apart. */
const SLACK = 60;
/** Seconds after which a key that no longer verifies anything is forgotten; until then, it still opens `id_token_hint`s. */
const REMEMBERED = 30 * 24 * 3600;

/** A key of a realm. Its algorithm's next one has the next generation. */
export interface RealmKey {
  kid: string;
  algorithm: SigningAlgorithm;
  generation: number;
  publicJwk: JWK;
  privateKey: Buffer;
  sealedWith: string;
  createdAt: Date;
  signsFrom: Date;
  /** Seconds: the longest life of a token that it has signed. */
  longest: number;
}

export interface NewKey {
  algorithm: SigningAlgorithm;
  generation: number;
  signsFrom: Date;
}

/** Keycloak's words; `NEXT` is published and does not sign yet, and `DISABLED` has nothing left to verify. */
export type KeyStatus = 'ACTIVE' | 'NEXT' | 'PASSIVE' | 'DISABLED';

/** The life of the keys of one realm follows from their times and from nothing else, so every gateway sees it alike. */
export class KeySet {
  constructor(readonly keys: RealmKey[]) {}

  find(kid: string): RealmKey | undefined {
    return this.keys.find((key) => key.kid === kid);
  }

  /** The key that signs. Where clocks are apart, the first key of a realm may be from the future. */
  signing(algorithm: SigningAlgorithm, now: Date): RealmKey | undefined {
    const generations = this.of(algorithm);
    return generations.findLast(({ signsFrom }) => signsFrom <= now) ?? generations[0];
  }

  status(key: RealmKey, now: Date): KeyStatus {
    if (key === this.signing(key.algorithm, now)) return 'ACTIVE';
    const next = this.successor(key);
    if (!next || key.signsFrom > now) return 'NEXT';
    return now < secondsAfter(next.signsFrom, key.longest + SLACK) ? 'PASSIVE' : 'DISABLED';
  }

  /** What can be forgotten. */
  over(now: Date): RealmKey[] {
    return this.keys.filter((key) => {
      const next = this.successor(key);
      return next && secondsAfter(next.signsFrom, key.longest + REMEMBERED) < now;
    });
  }

  /** Keys that are to be made: the first of each algorithm, and successors of those that are older than they may be. */
  due(now: Date, oldest: number): NewKey[] {
    return SIGNING_ALGORITHMS.flatMap((algorithm) => {
      const last = this.of(algorithm).at(-1);
      if (!last) return [{ algorithm, generation: 1, signsFrom: now }];
      return secondsAfter(last.signsFrom, oldest) < now ? this.next(now, [algorithm]) : [];
    });
  }

  /** Successors, where none is waiting already. */
  next(now: Date, algorithms: readonly SigningAlgorithm[]): NewKey[] {
    return algorithms.flatMap((algorithm) => {
      const last = this.of(algorithm).at(-1);
      if (!last || last.signsFrom > now) return [];
      return [{ algorithm, generation: last.generation + 1, signsFrom: secondsAfter(now, LEAD) }];
    });
  }

  private successor({ algorithm, generation }: RealmKey): RealmKey | undefined {
    return this.of(algorithm).find((key) => key.generation > generation);
  }

  private of(algorithm: SigningAlgorithm): RealmKey[] {
    return this.keys
      .filter((key) => key.algorithm === algorithm)
      .sort((one, other) => one.generation - other.generation);
  }
}

const secondsAfter = (time: Date, seconds: number): Date => new Date(time.getTime() + seconds * 1000);
