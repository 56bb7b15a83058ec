import { AppError } from '@tumbler/errors';

/**
 * Lets so many callers in, and so many pieces of their work run at once. Whoever comes after them is told to come back
 * later: work that piles up is answered too late for everybody.
 */
export class WorkQueue {
  private inside = 0;
  private running = 0;
  private readonly waiting: (() => void)[] = [];

  constructor(
    private readonly atOnce: number,
    private readonly mostInside: number,
  ) {}

  /** Throws `service_unavailable` before anything of `visit` is done, and never in the middle of it. */
  async admit<T>(visit: () => Promise<T>): Promise<T> {
    if (this.inside >= this.mostInside)
      throw new AppError('service_unavailable', { message: 'Too many passwords are being checked' });
    this.inside++;
    try {
      return await visit();
    } finally {
      this.inside--;
    }
  }

  /** Only within `admit`. */
  async run<T>(work: () => Promise<T>): Promise<T> {
    if (this.running < this.atOnce) this.running++;
    else await new Promise<void>((resolve) => this.waiting.push(resolve));
    try {
      return await work();
    } finally {
      // The turn is handed on and not given back, so that nobody slips in between.
      const next = this.waiting.shift();
      if (next) next();
      else this.running--;
    }
  }
}
