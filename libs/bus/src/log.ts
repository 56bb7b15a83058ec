import { ConsoleLogger, type LogLevel } from '@nestjs/common';

/** A line that is no warning may wait so long for others, to be written with them. */
const GATHER_MS = 25;

/**
 * Nest's log, with the time as programs read it (RFC 3339, UTC), which is also the cheapest to write: there is a line for
 * each request. To write each by itself took a twentieth of the gateway's time. Colours are for people: a file or a
 * collector of logs gets none.
 */
export class Log extends ConsoleLogger {
  constructor() {
    // Nest takes undefined, which it is where nobody watches, for yes.
    super({ logLevels: ['log', 'warn', 'error', 'fatal'], colors: process.stdout.isTTY === true });
  }

  protected override getTimestamp(): string {
    return new Date().toISOString();
  }

  protected override printMessages(
    messages: unknown[],
    context?: string,
    level?: LogLevel,
    ...rest: [writeStreamType?: 'stdout' | 'stderr', errorStack?: unknown, params?: Record<string, unknown>]
  ): void {
    if (level === 'log') gather();
    else writeGathered();
    super.printMessages(messages, context, level, ...rest);
  }
}

/** How a service ends that was told to stop: not by the signal, which would leave no time for its last lines. */
export const LEAVING = { useProcessExit: true };

function gather(): void {
  const { stdout } = process;
  if (stdout.writableCorked > 0) return;
  stdout.cork();
  setTimeout(writeGathered, GATHER_MS).unref();
}

function writeGathered(): void {
  process.stdout.uncork();
}

// However a process leaves, short of being killed, its last lines are the ones that tell why.
process.on('exit', writeGathered);
