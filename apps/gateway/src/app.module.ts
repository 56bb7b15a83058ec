import { Module, type DynamicModule } from '@nestjs/common';
import { platform } from '@tumbler/service';
import { AdminModule } from './admin/admin.module.js';
import { AccountController } from './account/account.controller.js';
import { Accounts } from './account/accounts.js';
import { RootController } from './account/root.controller.js';
import type { GatewayConfig } from './config.js';
import { entities } from './db/entities.js';
import { migrations } from './db/migrations.js';
import { FirstAdministrator } from './first-administrator.js';
import { HealthController } from './health/health.controller.js';
import { AssetsController } from './http/assets.controller.js';
import { Callers } from './http/callers.js';
import { ErrorsFilter } from './http/errors.filter.js';
import { FormTokens } from './http/form-tokens.js';
import { KeysModule } from './keys.module.js';
import { ErrorPages } from './login/error-pages.js';
import { LinksController } from './login/links.controller.js';
import { Notices } from './login/notices.js';
import { NoticesController } from './login/notices.controller.js';
import { LoginController } from './login/login.controller.js';
import { LoginPages } from './login/login-pages.js';
import { Logins } from './login/logins.js';
import { PreflightController } from './login/preflight.controller.js';
import { Visits } from './login/visit.js';
import { WebPages } from './login/web-pages.js';
import { AuthorizationController } from './oidc/authorization.controller.js';
import { ConsentController } from './oidc/consents/consent.controller.js';
import { ConsentPages } from './oidc/consents/consent-pages.js';
import { DeviceController } from './oidc/device/device.controller.js';
import { DevicePages } from './oidc/device/device-pages.js';
import { LogoutController } from './oidc/logout.controller.js';
import { OidcModule } from './oidc/oidc.module.js';
import { RegistrationController } from './oidc/registration/registration.controller.js';
import { RealmsModule } from './realms/realms.module.js';
import { SessionsModule } from './sessions/sessions.module.js';

@Module({
  imports: [KeysModule, RealmsModule, SessionsModule, OidcModule, AdminModule],
  controllers: [
    LoginController,
    LinksController,
    NoticesController,
    PreflightController,
    AuthorizationController,
    LogoutController,
    ConsentController,
    DeviceController,
    RegistrationController,
    AccountController,
    RootController,
    AssetsController,
    HealthController,
  ],
  providers: [
    Visits,
    WebPages,
    Logins,
    LoginPages,
    ConsentPages,
    DevicePages,
    Accounts,
    Callers,
    FormTokens,
    ErrorPages,
    Notices,
    ErrorsFilter,
    FirstAdministrator,
  ],
})
class AppModule {}

/** The gateway: HTTP on one side, the bus on the other. */
export function gateway(config: GatewayConfig): DynamicModule {
  return {
    module: AppModule,
    imports: [platform({ name: 'gateway', config, entities, migrations })],
  };
}
