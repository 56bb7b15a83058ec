import { randomUUID } from 'node:crypto';
import { Injectable, Logger } from '@nestjs/common';
import { Bus } from '@tumbler/bus';
import { credentials, type ArrivingOwner } from '@tumbler/contract-credentials';
import { users, type Arrive, type ArrivalPart } from '@tumbler/contract-users';
import { AppError, conflict } from '@tumbler/errors';
import type { EntityManager } from 'typeorm';
import { chunks } from './chunks.js';
import type { Plan } from './plan.js';

/** Fifty thousand users are made in seconds; a machine that is busy takes longer. */
const ARRIVAL_MS = 120_000;
/** A piece of clear passwords keeps the cores busy for a second. */
const PIECE_MS = 60_000;
/** So many hashes that were made elsewhere are kept in the time that one password takes to be hashed. */
const WEIGHT_OF_CLEAR_PASSWORD = 20;

/** The steps that imports have in common: they carry things where nobody sees them, and let them arrive all at once. */
@Injectable()
export class Arrivals {
  private readonly log = new Logger('import');

  constructor(private readonly bus: Bus) {}

  /** Held until the transaction ends, or its server does. Two imports into one realm would take each other's things away. */
  async lock(tx: EntityManager, realmId: string): Promise<void> {
    const [{ locked }] = await tx.query<[{ locked: boolean }]>(
      'select pg_try_advisory_xact_lock(hashtextextended($1, 0)) as locked',
      [`import/${realmId}`],
    );
    if (!locked) throw conflict('Another import into this realm is under way');
  }

  async keepCredentials(realm: { id: string; name: string }, owners: ArrivingOwner[]): Promise<void> {
    let done = 0;
    for (const piece of chunks(owners, weightOf)) {
      await this.bus.call(credentials.adopt, { realmId: realm.id, owners: piece }, { deadline: PIECE_MS });
      done += piece.length;
      this.log.log(`realm ${realm.name}: credentials of ${done} of ${owners.length} users`);
    }
  }

  /** Answers under which id it lies, and in how many parts. */
  async layDown(name: string, plan: Plan): Promise<{ arrivalId: string; parts: number }> {
    const arrivalId = randomUUID();
    let nth = 0;
    const stage = (part: ArrivalPart) => this.bus.call(users.stageArrival, { arrivalId, nth: nth++, part });
    try {
      await stage({});
      for (const removed of chunks(plan.removed)) await stage({ removed });
      for (const clients of chunks(plan.clientRefs)) await stage({ clients });
      for (const roles of chunks(plan.roles)) await stage({ roles });
      for (const groups of chunks(plan.groups)) await stage({ groups });
      let done = 0;
      for (const people of chunks(plan.users)) {
        await stage({ users: people });
        done += people.length;
        this.log.log(`realm ${name}: ${done} of ${plan.users.length} users are laid down`);
      }
    } catch (error) {
      await this.quietly(() => this.bus.call(users.abandonArrival, { arrivalId }));
      throw error;
    }
    return { arrivalId, parts: nth };
  }

  /** Whether it arrived is known afterwards, even where the answer got lost. */
  async arrive(question: Arrive): Promise<void> {
    const { arrivalId } = question;
    try {
      await this.bus.call(users.arrive, question, { deadline: ARRIVAL_MS });
    } catch (error) {
      const isAnswer = error instanceof AppError && error.code !== 'service_unavailable';
      const asked = this.bus.call(users.abandonArrival, { arrivalId }, { deadline: ARRIVAL_MS });
      if (isAnswer) {
        await this.quietly(() => asked);
        throw error;
      }
      // Without an answer to this either, nothing may be taken away: it may have arrived.
      const { abandoned } = await asked.catch((cause: unknown) => {
        throw new OutcomeUnknown(cause);
      });
      if (abandoned) throw error;
    }
  }

  /** For what is done after a failure, whose own error is the one to tell. */
  async quietly(work: () => Promise<unknown>): Promise<void> {
    try {
      await work();
    } catch (error) {
      this.log.warn(`could not clear up: ${error instanceof Error ? error.message : String(error)}`);
    }
  }
}

/** It may have arrived, or not; nobody can be asked. */
export class OutcomeUnknown extends AppError {
  constructor(cause: unknown) {
    super(
      'service_unavailable',
      { message: 'The import may have succeeded: look before you repeat it' },
      { cause },
    );
  }
}

const weightOf = ({ credentials: given }: ArrivingOwner): number =>
  1 + WEIGHT_OF_CLEAR_PASSWORD * given.filter(({ value }) => value !== undefined).length;
