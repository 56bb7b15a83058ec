import { Body, Delete, Get, HttpCode, Post, Put, Query, Res } from '@nestjs/common';
import { Bus } from '@tumbler/bus';
import type { Actor } from '@tumbler/contract-rpc';
import { users, type Realm } from '@tumbler/contract-users';
import type { FastifyReply } from 'fastify';
import { GatewayConfig } from '../config.js';
import { AdminController, By } from './admin-controller.js';
import type { Authority } from './authority.js';
import { Needs, Rights } from './needs.js';
import type { ImportReport } from './moving-in/import-report.js';
import { RealmExport } from './moving-in/realm-export.js';
import { RealmImport } from './moving-in/realm-import.js';
import { RealmChanges } from './realm-changes.js';
import { briefRealm, readRealm, realmRepresentation, reducedRealm } from './realm.representation.js';
import { TargetRealm } from './target-realm.js';

@AdminController('realms')
export class RealmsController {
  constructor(
    private readonly bus: Bus,
    private readonly config: GatewayConfig,
    private readonly changes: RealmChanges,
    private readonly imports: RealmImport,
    private readonly exports: RealmExport,
  ) {}

  /** The realms that one administers, with what users keeps of each; one realm by its name is told in full. */
  @Needs('any right')
  @Get()
  async list(@Rights() rights: Authority, @Query('briefRepresentation') brief?: string) {
    const realms = await this.bus.call(users.listRealms, {});
    const visible = realms.filter(({ name }) => rights.mayAny(name));
    return visible.map((realm) => {
      if (brief === 'true') return briefRealm(realm);
      return rights.may('view-realm', realm.name) ? realmRepresentation(realm) : reducedRealm(realm, rights);
    });
  }

  /** With everything that the body tells of it. `dryRun=true` answers what would come and what would not, and writes nothing. */
  @Needs('create-realm')
  @Post()
  @HttpCode(201)
  async create(
    @By() by: Actor,
    @Body() input: unknown,
    @Res({ passthrough: true }) reply: FastifyReply,
    @Query('dryRun') dryRun?: string,
  ): Promise<ImportReport> {
    const { realm, report } = await this.imports.run(by, input, { dryRun: dryRun === 'true' });
    if (!realm) reply.status(200);
    else reply.header('location', `${this.config.publicUrl}/admin/realms/${encodeURIComponent(realm.name)}`);
    return report;
  }

  @Needs('any right')
  @Get(':realm')
  async read(@TargetRealm() realm: Realm, @Rights() rights: Authority) {
    if (!rights.may('view-realm', realm.name)) return reducedRealm(realm, rights);
    return this.exports.whole(realm);
  }

  @Needs('manage-realm')
  @Put(':realm')
  @HttpCode(204)
  async update(@TargetRealm() realm: Realm, @By() by: Actor, @Body() input: unknown): Promise<void> {
    await this.changes.update(realm, by, await readRealm(input));
  }

  @Needs('manage-realm')
  @Delete(':realm')
  @HttpCode(204)
  async remove(@TargetRealm() realm: Realm, @By() by: Actor): Promise<void> {
    await this.changes.remove(realm, by);
  }
}
