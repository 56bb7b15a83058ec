import { ConsoleLogger } from '@nestjs/common';

/**
 * Nest's log, with the time as programs read it (RFC 3339, UTC), which is also the cheapest to write: there is a line for
 * each request. Colours are for people: a file or a collector of logs gets none.
 */
export class Log extends ConsoleLogger {
  constructor() {
    // Nest takes undefined, which it is where nobody watches, for yes.
    super({ logLevels: ['log', 'warn', 'error', 'fatal'], colors: process.stdout.isTTY === true });
  }

  protected override getTimestamp(): string {
    return new Date().toISOString();
  }
}
