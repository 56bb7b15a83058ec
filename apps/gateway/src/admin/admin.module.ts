import { Module } from '@nestjs/common';
import { OidcModule } from '../oidc/oidc.module.js';
import { RealmsModule } from '../realms/realms.module.js';
import { SessionsModule } from '../sessions/sessions.module.js';
import { AttackDetectionController } from './attack-detection.controller.js';
import { ClientChanges } from './clients/client-changes.js';
import { ClientPartsController, ClientScopesController } from './clients/client-parts.controller.js';
import { ClientsController } from './clients/clients.controller.js';
import { AuthenticationProvidersController } from './authentication-providers.controller.js';
import { EventsController } from './events.controller.js';
import { ExecutionsController } from './executions.controller.js';
import { FlowsController } from './flows.controller.js';
import { RealmChanges } from './realm-changes.js';
import { RealmsController } from './realms.controller.js';
import { RequiredActionsController } from './required-actions.controller.js';
import { ServerInfoController } from './server-info.controller.js';
import { UserChanges } from './user-changes.js';
import { UserCredentialsController } from './user-credentials.controller.js';
import { UsersController } from './users.controller.js';

/** Keycloak's admin REST API. */
@Module({
  imports: [OidcModule, RealmsModule, SessionsModule],
  controllers: [
    RealmsController,
    UsersController,
    UserCredentialsController,
    RequiredActionsController,
    FlowsController,
    ExecutionsController,
    AuthenticationProvidersController,
    EventsController,
    AttackDetectionController,
    ServerInfoController,
    ClientsController,
    ClientPartsController,
    ClientScopesController,
  ],
  providers: [RealmChanges, UserChanges, ClientChanges],
})
export class AdminModule {}
