import { AppError } from '@tumbler/errors';

/**
 * Lets so many pieces of work run at once and so many wait. Whoever comes after them is told to come back later: work
 * that piles up is answered too late for everybody.
 */
export class WorkQueue {
  private running = 0;
  private readonly waiting: (() => void)[] = [];

  constructor(
    private readonly atOnce: number,
    private readonly mostWaiting: number,
  ) {}

  /** Throws `service_unavailable`. */
  async run<T>(work: () => Promise<T>): Promise<T> {
    if (this.running < this.atOnce) this.running++;
    else await this.turn();
    try {
      return await work();
    } finally {
      // The turn is handed on and not given back, so that nobody slips in between.
      const next = this.waiting.shift();
      if (next) next();
      else this.running--;
    }
  }

  private turn(): Promise<void> {
    if (this.waiting.length >= this.mostWaiting)
      throw new AppError('service_unavailable', { message: 'Too many passwords are being checked' });
    return new Promise((resolve) => this.waiting.push(resolve));
  }
}
