import { Get, Param } from '@nestjs/common';
import { Bus } from '@tumbler/bus';
import { flows, type ConfigDescription, type ProviderView } from '@tumbler/contract-flows';
import type { Realm } from '@tumbler/contract-users';
import { AdminController } from './admin-controller.js';
import { Needs } from './needs.js';
import { TargetRealm } from './target-realm.js';

/** What a step of a flow can be, and what can be set about it. */
@AdminController('realms/:realm/authentication')
export class AuthenticationProvidersController {
  constructor(private readonly bus: Bus) {}

  @Needs('view-realm')
  @Get('authenticator-providers')
  authenticators(@TargetRealm() _realm: Realm): Promise<ProviderView[]> {
    return this.bus.call(flows.providers, { kind: 'authenticator' });
  }

  @Needs('view-realm')
  @Get('form-providers')
  forms(@TargetRealm() _realm: Realm): Promise<ProviderView[]> {
    return this.bus.call(flows.providers, { kind: 'form' });
  }

  @Needs('view-realm')
  @Get('form-action-providers')
  formActions(@TargetRealm() _realm: Realm): Promise<ProviderView[]> {
    return this.bus.call(flows.providers, { kind: 'form-action' });
  }

  @Needs('view-realm')
  @Get('client-authenticator-providers')
  async clientAuthenticators(@TargetRealm() _realm: Realm) {
    const providers = await this.bus.call(flows.providers, { kind: 'client-authenticator' });
    return providers.map((provider) => ({ supportsSecret: false, ...provider }));
  }

  @Needs('view-realm')
  @Get('config-description/:providerId')
  describe(
    @TargetRealm() _realm: Realm,
    @Param('providerId') providerId: string,
  ): Promise<ConfigDescription> {
    return this.bus.call(flows.describeConfig, { providerId });
  }

  @Needs('view-realm')
  @Get('per-client-config-description')
  describeAtClients(@TargetRealm() _realm: Realm) {
    return this.bus.call(flows.clientConfigs, {});
  }
}
