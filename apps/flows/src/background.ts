import { Injectable, type OnApplicationBootstrap, type OnApplicationShutdown } from '@nestjs/common';
import { Subscriptions } from '@tumbler/service';
import { Housekeeping } from './housekeeping.js';

const TIDY_MS = 60_000;

/** Keeps the house for as long as the service runs. */
@Injectable()
export class Background implements OnApplicationBootstrap, OnApplicationShutdown {
  private timer?: NodeJS.Timeout;

  constructor(
    private readonly subscriptions: Subscriptions,
    private readonly housekeeping: Housekeeping,
  ) {}

  onApplicationBootstrap(): void {
    this.subscriptions.on('flows-audit', '>', (events) => this.housekeeping.hear(events));
    this.timer = setInterval(() => void this.housekeeping.tidy(), TIDY_MS);
    this.timer.unref();
  }

  onApplicationShutdown(): void {
    clearInterval(this.timer);
  }
}
