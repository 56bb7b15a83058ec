import { Injectable, Logger, type OnApplicationBootstrap, type OnApplicationShutdown } from '@nestjs/common';
import { Clock } from '@tumbler/clock';
import { DataSource } from 'typeorm';

const PRUNE_MS = 10 * 60_000;

/** Clears away the secrets of enrolments, and recovery codes, that nobody finished. */
@Injectable()
export class ExpiredEnrolments implements OnApplicationBootstrap, OnApplicationShutdown {
  private timer?: NodeJS.Timeout;

  constructor(
    private readonly db: DataSource,
    private readonly clock: Clock,
  ) {}

  onApplicationBootstrap(): void {
    this.timer = setInterval(() => void this.prune(), PRUNE_MS);
  }

  onApplicationShutdown(): void {
    clearInterval(this.timer);
  }

  async prune(): Promise<void> {
    try {
      for (const table of ['pending_otp', 'pending_recovery_codes'])
        await this.db.query(`delete from ${table} where expires_at <= $1`, [this.clock.now()]);
    } catch (error) {
      const why = error instanceof Error ? error.message : String(error);
      new Logger('enrolments').warn(`could not be cleared: ${why}`);
    }
  }
}
