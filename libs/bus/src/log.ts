import { ConsoleLogger } from '@nestjs/common';

/** Nest's log, with the time as programs read it (RFC 3339, UTC), which is also the cheapest to write: there is a line for each request. */
export class Log extends ConsoleLogger {
  constructor() {
    super({ logLevels: ['log', 'warn', 'error', 'fatal'] });
  }

  protected override getTimestamp(): string {
    return new Date().toISOString();
  }
}
