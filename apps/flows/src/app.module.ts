import { Module, type DynamicModule } from '@nestjs/common';
import { Bus } from '@tumbler/bus';
import { Clock } from '@tumbler/clock';
import { Outbox } from '@tumbler/events';
import { platform, Subscriptions } from '@tumbler/service';
import { DataSource } from 'typeorm';
import { AuditHandlers } from './audit/audit.handlers.js';
import { EventStore } from './audit/event-store.js';
import { Authenticators } from './authenticators/index.js';
import { Background } from './background.js';
import type { FlowsConfig } from './config.js';
import { entities } from './db/entities.js';
import { migrations } from './db/migrations.js';
import { FlowTrees } from './definitions/flow-trees.js';
import { FlowsHandlers } from './definitions/flows.handlers.js';
import { FlowRunner } from './engine/flow-runner.js';
import { HealthHandlers } from './health.handlers.js';
import { Housekeeping } from './housekeeping.js';
import { GrantsHandlers } from './logins/grants.handlers.js';
import { LoginStore } from './logins/login-store.js';
import { LoginsHandlers } from './logins/logins.handlers.js';
import { RequiredActions } from './required-actions/index.js';

@Module({
  controllers: [HealthHandlers, LoginsHandlers, GrantsHandlers, FlowsHandlers, AuditHandlers],
  providers: [
    { provide: Authenticators, useFactory: () => new Authenticators() },
    { provide: RequiredActions, useFactory: () => new RequiredActions() },
    {
      provide: FlowTrees,
      useFactory: (db: DataSource, known: Authenticators) => new FlowTrees(db, known),
      inject: [DataSource, Authenticators],
    },
    {
      provide: FlowRunner,
      useFactory: (bus: Bus, clock: Clock, actions: RequiredActions) => new FlowRunner(bus, clock, actions),
      inject: [Bus, Clock, RequiredActions],
    },
    {
      provide: LoginStore,
      useFactory: (db: DataSource, outbox: Outbox, clock: Clock) => new LoginStore(db, outbox, clock),
      inject: [DataSource, Outbox, Clock],
    },
    { provide: EventStore, useFactory: (db: DataSource) => new EventStore(db), inject: [DataSource] },
    {
      provide: Housekeeping,
      useFactory: (events: EventStore, logins: LoginStore, db: DataSource, clock: Clock) =>
        new Housekeeping(events, logins, db, clock),
      inject: [EventStore, LoginStore, DataSource, Clock],
    },
    {
      provide: Background,
      useFactory: (subscriptions: Subscriptions, housekeeping: Housekeeping) =>
        new Background(subscriptions, housekeeping),
      inject: [Subscriptions, Housekeeping],
    },
  ],
})
class AppModule {}

/** The flows service: it decides what a login takes, and asks users and credentials. */
export function flowsService(config: FlowsConfig): DynamicModule {
  return { module: AppModule, imports: [platform({ name: 'flows', config, entities, migrations })] };
}
