import { Injectable, Logger, type OnApplicationBootstrap, type OnApplicationShutdown } from '@nestjs/common';
import { Mailbox } from './mailbox.js';
import { PostOffice } from './post-office.js';

const LOOK_MS = 10_000;

/** Lets the post office work: when something was posted, and every now and then for what has to be tried again. */
@Injectable()
export class Deliveries implements OnApplicationBootstrap, OnApplicationShutdown {
  private timer?: NodeJS.Timeout;
  private working: Promise<void> = Promise.resolve();
  private waiting = false;

  constructor(
    private readonly mailbox: Mailbox,
    private readonly postOffice: PostOffice,
  ) {}

  onApplicationBootstrap(): void {
    this.mailbox.onPosted(() => this.work());
    this.timer = setInterval(() => this.work(), LOOK_MS);
    this.timer.unref();
  }

  async onApplicationShutdown(): Promise<void> {
    clearInterval(this.timer);
    this.waiting = true;
    await this.working;
  }

  /** One round at a time, and one more if something came meanwhile. */
  private work(): void {
    if (this.waiting) return;
    this.waiting = true;
    this.working = this.working.then(async () => {
      this.waiting = false;
      try {
        await this.postOffice.deliver();
      } catch (error) {
        new Logger('mail').warn(
          `could not deliver: ${error instanceof Error ? error.message : String(error)}`,
        );
      }
    });
  }
}
