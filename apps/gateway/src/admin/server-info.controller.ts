import { Get } from '@nestjs/common';
import { CREDENTIAL_TYPES } from '@tumbler/contract-credentials';
import { USER_EVENTS } from '@tumbler/contract-events';
import { AdminController } from './admin-controller.js';
import { Needs } from './needs.js';

/** What clients ask a server about itself before they do anything with it. */
@AdminController('serverinfo')
export class ServerInfoController {
  @Needs('any right')
  @Get()
  read() {
    return {
      systemInfo: { version: process.env.npm_package_version ?? '0.1.0' },
      profileInfo: { name: 'default', disabledFeatures: [], previewFeatures: [], experimentalFeatures: [] },
      features: [],
      enums: { eventType: USER_EVENTS.flatMap((type) => [type, `${type}_ERROR`]) },
      credentialTypes: CREDENTIAL_TYPES,
    };
  }
}
