import { Module, type DynamicModule } from '@nestjs/common';
import { Bus } from '@tumbler/bus';
import { Clock } from '@tumbler/clock';
import { Outbox } from '@tumbler/events';
import { platform } from '@tumbler/service';
import { DataSource } from 'typeorm';
import { Authenticators } from './authenticators/index.js';
import type { FlowsConfig } from './config.js';
import { entities } from './db/entities.js';
import { migrations } from './db/migrations.js';
import { FlowTrees } from './definitions/flow-trees.js';
import { FlowRunner } from './engine/flow-runner.js';
import { HealthHandlers } from './health.handlers.js';
import { GrantsHandlers } from './logins/grants.handlers.js';
import { LoginStore } from './logins/login-store.js';
import { LoginsHandlers } from './logins/logins.handlers.js';
import { RequiredActions } from './required-actions/index.js';

@Module({
  controllers: [HealthHandlers, LoginsHandlers, GrantsHandlers],
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
  ],
})
class AppModule {}

/** The flows service: it decides what a login takes, and asks users and credentials. */
export function flowsService(config: FlowsConfig): DynamicModule {
  return { module: AppModule, imports: [platform({ name: 'flows', config, entities, migrations })] };
}
