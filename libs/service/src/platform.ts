import {
  Global,
  Inject,
  Module,
  type DynamicModule,
  type OnApplicationBootstrap,
  type OnApplicationShutdown,
} from '@nestjs/common';
import type { NatsConnection } from '@nats-io/transport-node';
import { Bus, NatsBus, openConnection } from '@tumbler/bus';
import { Clock, SystemClock } from '@tumbler/clock';
import type { ServiceConfig } from '@tumbler/config';
import { openDatabase, type DatabaseOptions } from '@tumbler/database';
import { hear, Outbox, OutboxRelay, subscribe, type Subscription } from '@tumbler/events';
import type { CloudEvent, EventFilter } from '@tumbler/contract-events';
import { DataSource } from 'typeorm';

/** The connection that events travel on; calls have their own. */
export const NATS = Symbol('nats');

export interface PlatformOptions extends Pick<DatabaseOptions, 'entities' | 'migrations' | 'poolSize'> {
  /** The service's name: its NATS user, its queue group, the source of its events. */
  name: string;
  config: ServiceConfig;
}

/** Hears of events for as long as the service runs. */
export class Subscriptions implements OnApplicationShutdown {
  private readonly open: Subscription[] = [];

  constructor(private readonly nats: NatsConnection) {}

  /** `durable` names the place in the stream that the instances of the service share. */
  on(durable: string, filter: EventFilter, handle: (events: CloudEvent[]) => Promise<void>): void {
    this.open.push(subscribe(this.nats, { durable, filter }, handle));
  }

  /** Every instance hears it, while it is connected: for dropping what is cached. */
  hear(filter: EventFilter, handle: (event: CloudEvent) => void): void {
    hear(this.nats, filter, handle);
  }

  async onApplicationShutdown(): Promise<void> {
    await Promise.all(this.open.map((subscription) => subscription.stop()));
  }
}

/** The platform of one service, for its app module to import. Everything it provides is there for all other modules. */
export function platform({ name, config, entities, migrations, poolSize }: PlatformOptions): DynamicModule {
  return {
    module: PlatformModule,
    providers: [
      { provide: config.constructor, useValue: config },
      { provide: Clock, useClass: SystemClock },
      { provide: Bus, useFactory: () => new NatsBus(name, config) },
      { provide: NATS, useFactory: () => openConnection(name, config) },
      {
        provide: DataSource,
        useFactory: () => openDatabase({ url: config.DATABASE_URL, entities, migrations, poolSize }),
      },
      {
        provide: Outbox,
        useFactory: (db: DataSource, clock: Clock) => new Outbox(name, db, clock),
        inject: [DataSource, Clock],
      },
      {
        provide: OutboxRelay,
        useFactory: (db: DataSource, nats: NatsConnection, outbox: Outbox) =>
          new OutboxRelay(db, nats, outbox),
        inject: [DataSource, NATS, Outbox],
      },
      {
        provide: Subscriptions,
        useFactory: (nats: NatsConnection) => new Subscriptions(nats),
        inject: [NATS],
      },
    ],
    exports: [config.constructor as never, Clock, Bus, DataSource, Outbox, Subscriptions, NATS],
  };
}

@Global()
@Module({})
export class PlatformModule implements OnApplicationBootstrap, OnApplicationShutdown {
  constructor(
    private readonly relay: OutboxRelay,
    private readonly db: DataSource,
    @Inject(NATS) private readonly nats: NatsConnection,
  ) {}

  onApplicationBootstrap(): void {
    this.relay.start();
  }

  /** In this order: the relay still needs both connections to finish the batch it is at. */
  async onApplicationShutdown(): Promise<void> {
    await this.relay.stop();
    await this.nats.close();
    await this.db.destroy();
  }
}
