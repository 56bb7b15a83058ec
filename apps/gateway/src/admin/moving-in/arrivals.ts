import { Injectable, Logger } from '@nestjs/common';
import { Bus } from '@tumbler/bus';
import { credentials, type ArrivingOwner } from '@tumbler/contract-credentials';
import { users, type Arrive, type ArrivalPart } from '@tumbler/contract-users';
import { AppError } from '@tumbler/errors';
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

  async keepCredentials(realm: { id: string; name: string }, owners: ArrivingOwner[]): Promise<void> {
    const tell = this.progress(`realm ${realm.name}: credentials of`, owners.length);
    for (const piece of chunks(owners, weightOf)) {
      await this.bus.call(credentials.adopt, { realmId: realm.id, owners: piece }, { deadline: PIECE_MS });
      tell(piece.length);
    }
  }

  /** Answers in how many parts it lies under the id. */
  async layDown(name: string, plan: Plan, arrivalId: string): Promise<{ arrivalId: string; parts: number }> {
    let nth = 0;
    const stage = (part: ArrivalPart) => this.bus.call(users.stageArrival, { arrivalId, nth: nth++, part });
    await stage({});
    for (const removed of chunks(plan.removed)) await stage({ removed });
    for (const clients of chunks(plan.clientRefs)) await stage({ clients });
    for (const roles of chunks(plan.roles)) await stage({ roles });
    for (const groups of chunks(plan.groups)) await stage({ groups });
    const tell = this.progress(`realm ${name}: laid down`, plan.users.length);
    for (const people of chunks(plan.users)) {
      await stage({ users: people });
      tell(people.length);
    }
    return { arrivalId, parts: nth };
  }

  /** A line each time that a thousand more are done, and at the end. */
  private progress(what: string, all: number): (more: number) => void {
    let [done, told] = [0, 0];
    return (more) => {
      done += more;
      if (done < all && done - told < 1_000) return;
      told = done;
      this.log.log(`${what} ${done} of ${all} users`);
    };
  }

  /** Whether it arrived is known afterwards, even where the answer got lost. */
  async arrive(question: Arrive): Promise<void> {
    const { arrivalId } = question;
    try {
      await this.bus.call(users.arrive, question, { deadline: ARRIVAL_MS });
    } catch (error) {
      if (!(error instanceof AppError) || error.code !== 'service_unavailable') throw error;
      // Without an answer to this either, nothing may be taken away: it may have arrived.
      const { abandoned } = await this.bus
        .call(users.abandonArrival, { arrivalId }, { deadline: ARRIVAL_MS })
        .catch((cause: unknown) => {
          throw new OutcomeUnknown(cause);
        });
      if (abandoned) throw error;
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
