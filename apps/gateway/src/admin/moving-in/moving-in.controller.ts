import { Body, HttpCode, Post, Query } from '@nestjs/common';
import type { Actor } from '@tumbler/contract-rpc';
import type { Realm } from '@tumbler/contract-users';
import { AdminController, By } from '../admin-controller.js';
import type { Authority } from '../authority.js';
import { Needs, Rights } from '../needs.js';
import { TargetRealm } from '../target-realm.js';
import type { ImportReport } from './import-report.js';
import { PartialImport } from './partial-import.js';

@AdminController('realms/:realm')
export class MovingInController {
  constructor(private readonly partialImport: PartialImport) {}

  @Needs('manage-realm')
  @Post('partialImport')
  @HttpCode(200)
  import(
    @TargetRealm() realm: Realm,
    @By() by: Actor,
    @Rights() rights: Authority,
    @Body() input: unknown,
    @Query('dryRun') dryRun?: string,
  ): Promise<ImportReport> {
    return this.partialImport.run({ realm, by, rights, input, dryRun: dryRun === 'true' });
  }
}
