import { Module } from '@nestjs/common';
import { OidcModule } from '../oidc/oidc.module.js';
import { RealmsModule } from '../realms/realms.module.js';
import { SessionsModule } from '../sessions/sessions.module.js';
import { AttackDetectionController } from './attack-detection.controller.js';
import { CertificatesController } from './clients/certificates/certificates.controller.js';
import { ClientChanges } from './clients/client-changes.js';
import { ClientNodesController } from './clients/client-nodes.controller.js';
import { ClientPartsController } from './clients/client-parts.controller.js';
import { InitialAccessController } from './clients/initial-access.controller.js';
import { InstallationController } from './clients/installation.controller.js';
import { ClientScopesController, RealmScopesController } from './clients/client-scopes.controller.js';
import { EvaluateScopesController } from './clients/evaluate-scopes.controller.js';
import { Holders } from './clients/holders.js';
import { ProtocolMappersController } from './clients/protocol-mappers.controller.js';
import { ScopeMappingsController } from './clients/scope-mappings.controller.js';
import { ClientsController } from './clients/clients.controller.js';
import { AuthenticationProvidersController } from './authentication-providers.controller.js';
import { ConsentsController } from './consents.controller.js';
import { EventsController } from './events.controller.js';
import { ExecutionsController } from './executions.controller.js';
import { FlowsController } from './flows.controller.js';
import { GroupPathsController } from './groups/group-paths.controller.js';
import { GroupsController } from './groups/groups.controller.js';
import { KeysController } from './keys.controller.js';
import { ImpersonationController } from './impersonation.controller.js';
import { ClientSessionsController } from './client-sessions.controller.js';
import { OpenApiController } from './openapi.controller.js';
import { Arrivals } from './moving-in/arrivals.js';
import { Examination } from './moving-in/examination.js';
import { Leftovers } from './moving-in/leftovers.js';
import { MovingInController } from './moving-in/moving-in.controller.js';
import { PartialImport } from './moving-in/partial-import.js';
import { RealmExport } from './moving-in/realm-export.js';
import { RealmImport } from './moving-in/realm-import.js';
import { TakenIds } from './moving-in/taken-ids.js';
import { ProfileController } from './profile/profile.controller.js';
import { Reaches } from './reach.js';
import { RealmChanges } from './realm-changes.js';
import { RealmSessionsController } from './realm-sessions.controller.js';
import { RealmsController } from './realms.controller.js';
import { RequiredActionsController } from './required-actions.controller.js';
import { RoleMappingsController } from './roles/role-mappings.controller.js';
import { RolesByIdController } from './roles/roles-by-id.controller.js';
import { RolesController } from './roles/roles.controller.js';
import { RolesOfRealm } from './roles/roles-of-realm.js';
import { ServerInfoController } from './server-info.controller.js';
import { UserChanges } from './user-changes.js';
import { UserCredentialsController } from './user-credentials.controller.js';
import { UserLists } from './user-lists.js';
import { UserMailController } from './user-mail.controller.js';
import { UsersController } from './users.controller.js';
import { WhoAmIController } from './who-am-i.controller.js';

/** Keycloak's admin REST API. */
@Module({
  imports: [OidcModule, RealmsModule, SessionsModule],
  controllers: [
    RealmsController,
    UsersController,
    UserCredentialsController,
    UserMailController,
    ImpersonationController,
    RequiredActionsController,
    FlowsController,
    ExecutionsController,
    AuthenticationProvidersController,
    EventsController,
    AttackDetectionController,
    ServerInfoController,
    WhoAmIController,
    RolesController,
    RolesByIdController,
    RoleMappingsController,
    GroupsController,
    GroupPathsController,
    ProfileController,
    OpenApiController,
    ClientsController,
    ClientPartsController,
    ClientNodesController,
    InstallationController,
    CertificatesController,
    InitialAccessController,
    ClientScopesController,
    RealmScopesController,
    ProtocolMappersController,
    ScopeMappingsController,
    EvaluateScopesController,
    KeysController,
    ClientSessionsController,
    ConsentsController,
    RealmSessionsController,
    MovingInController,
  ],
  providers: [
    Reaches,
    Holders,
    RealmChanges,
    UserChanges,
    UserLists,
    ClientChanges,
    RolesOfRealm,
    RealmImport,
    RealmExport,
    PartialImport,
    Arrivals,
    Examination,
    TakenIds,
    Leftovers,
  ],
  exports: [ClientChanges],
})
export class AdminModule {}
