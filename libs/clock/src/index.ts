/** Answers what time it is. Passed in wherever time matters, so that tests can choose it. */
export abstract class Clock {
  abstract now(): Date;

  /** Whole seconds since 1970, as tokens and logins tell time. */
  seconds(): number {
    return Math.floor(this.now().getTime() / 1000);
  }
}

export class SystemClock extends Clock {
  now(): Date {
    return new Date();
  }
}

/** A clock for tests: stands still until it is moved. */
export class StoppedClock extends Clock {
  constructor(private time: Date) {
    super();
  }

  now(): Date {
    return new Date(this.time);
  }

  advance(seconds: number): void {
    this.time = new Date(this.time.getTime() + seconds * 1000);
  }
}
