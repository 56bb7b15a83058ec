import { Module, type DynamicModule } from '@nestjs/common';
import { platform } from '@tumbler/service';
import type { GatewayConfig } from './config.js';
import { entities } from './db/entities.js';
import { migrations } from './db/migrations.js';
import { HttpModule } from './http/http.module.js';
import { OidcModule } from './oidc/oidc.module.js';
import { RealmsModule } from './realms/realms.module.js';
import { SessionsModule } from './sessions/sessions.module.js';

@Module({})
class AppModule {}

/** The gateway: HTTP on one side, the bus on the other. */
export function gateway(config: GatewayConfig): DynamicModule {
  return {
    module: AppModule,
    imports: [
      platform({ name: 'gateway', config, entities, migrations }),
      HttpModule,
      RealmsModule,
      SessionsModule,
      OidcModule,
    ],
  };
}
