import { Module, type DynamicModule } from '@nestjs/common';
import { platform } from '@tumbler/service';
import { ArrivalsHandlers } from './arrivals/arrivals.handlers.js';
import { AuditHandlers } from './audit/audit.handlers.js';
import { ExplanationHandlers } from './audit/explanation.handlers.js';
import { EventStore } from './audit/event-store.js';
import { Authenticators } from './authenticators/index.js';
import { Background } from './background.js';
import type { FlowsConfig } from './config.js';
import { entities } from './db/entities.js';
import { migrations } from './db/migrations.js';
import { BindingsHandlers } from './definitions/bindings.handlers.js';
import { Catalogue } from './definitions/catalogue.js';
import { ConfigsHandlers } from './definitions/configs.handlers.js';
import { DefinitionStore } from './definitions/definition-store.js';
import { ExecutionsHandlers } from './definitions/executions.handlers.js';
import { FlowsHandlers } from './definitions/flows.handlers.js';
import { ProblemsHandlers } from './definitions/problems.handlers.js';
import { ProvidersHandlers } from './definitions/providers.handlers.js';
import { FlowTrees } from './definitions/flow-trees.js';
import { ActionRunner } from './engine/action-runner.js';
import { FlowRunner } from './engine/flow-runner.js';
import { HealthHandlers } from './health.handlers.js';
import { Housekeeping } from './housekeeping.js';
import { GrantsHandlers } from './logins/grants.handlers.js';
import { ImpersonationsHandlers } from './logins/impersonations.handlers.js';
import { AddressChange } from './links/address-change.js';
import { Links } from './links/links.js';
import { LinksHandlers } from './links/links.handlers.js';
import { LoginStore } from './logins/login-store.js';
import { LoginsHandlers } from './logins/logins.handlers.js';
import { Moves } from './logins/moves.js';
import { SilentHandlers } from './logins/silent.handlers.js';
import { Deliveries } from './mail/deliveries.js';
import { Mailbox } from './mail/mailbox.js';
import { PostOffice } from './mail/post-office.js';
import { Smtp } from './mail/smtp.js';
import { RequiredActions } from './required-actions/index.js';
import { SimulationHandlers } from './simulation/simulation.handlers.js';

@Module({
  controllers: [
    HealthHandlers,
    LoginsHandlers,
    LinksHandlers,
    SilentHandlers,
    GrantsHandlers,
    ImpersonationsHandlers,
    FlowsHandlers,
    ExecutionsHandlers,
    ConfigsHandlers,
    ProblemsHandlers,
    SimulationHandlers,
    ProvidersHandlers,
    BindingsHandlers,
    AuditHandlers,
    ExplanationHandlers,
    ArrivalsHandlers,
  ],
  providers: [
    Authenticators,
    RequiredActions,
    Catalogue,
    FlowTrees,
    DefinitionStore,
    ActionRunner,
    FlowRunner,
    LoginStore,
    Moves,
    Links,
    AddressChange,
    Mailbox,
    PostOffice,
    Smtp,
    EventStore,
    Housekeeping,
    Background,
    Deliveries,
  ],
})
class AppModule {}

/** The flows service: it decides what a login takes, and asks users and credentials. */
export function flowsService(config: FlowsConfig): DynamicModule {
  return { module: AppModule, imports: [platform({ name: 'flows', config, entities, migrations })] };
}
