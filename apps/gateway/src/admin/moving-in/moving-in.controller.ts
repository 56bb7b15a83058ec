import { Body, HttpCode, Post, Query } from '@nestjs/common';
import type { Actor } from '@tumbler/contract-rpc';
import type { Realm } from '@tumbler/contract-users';
import { AppError } from '@tumbler/errors';
import { AdminController, By } from '../admin-controller.js';
import type { Authority } from '../authority.js';
import { Needs, Rights } from '../needs.js';
import { TargetRealm } from '../target-realm.js';
import type { ImportReport } from './import-report.js';
import { RealmExport, type ExportedRealm } from './realm-export.js';
import { PartialImport } from './partial-import.js';

@AdminController('realms/:realm')
export class MovingInController {
  constructor(
    private readonly partialImport: PartialImport,
    private readonly realmExport: RealmExport,
  ) {}

  /**
   * Brings users, groups, roles and clients into the realm: all of them, or none where something fails. `dryRun=true` answers
   * what would be added, skipped and overwritten, and what would not come along, and writes nothing.
   */
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

  /** The realm as a file, without its users. Nothing secret is in it. */
  @Needs('manage-realm')
  @Post('partial-export')
  @HttpCode(200)
  export(
    @TargetRealm() realm: Realm,
    @Rights() rights: Authority,
    @Query('exportClients') exportClients?: string,
    @Query('exportGroupsAndRoles') exportGroupsAndRoles?: string,
  ): Promise<ExportedRealm> {
    const [withClients, withGroups] = [exportClients === 'true', exportGroupsAndRoles === 'true'];
    if (withClients && !rights.may('view-clients', realm.name)) throw new AppError('forbidden');
    if (withGroups && !rights.may('view-users', realm.name)) throw new AppError('forbidden');
    return this.realmExport.run(realm, { withClients, withGroups });
  }
}
