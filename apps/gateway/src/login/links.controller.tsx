import { Controller, Get, Header, HttpCode, Post, Query, UseGuards } from '@nestjs/common';
import { Bus } from '@tumbler/bus';
import { flows, text, type Form, type LoginStep } from '@tumbler/contract-flows';
import { wantsJson } from '../http/accept.js';
import { SameSiteGuard } from '../http/same-site.guard.js';
import { offered } from '../texts/languages.js';
import { accountPath, actionsPath } from './addresses.js';
import { CurrentVisit } from './current-visit.js';
import { Logins } from './logins.js';
import { FormPage } from './pages/form-page.js';
import { draw } from './pages/layout.js';
import { stepQuery } from './step-query.js';
import { askedBy, type Visit } from './visit.js';

/** Keys are shorter than this; what is longer is none of ours and is not sent on. */
const LONGEST = 64;

const EXPIRED: LoginStep = {
  kind: 'failed',
  error: text('expiredActionTokenNoSessionMessage'),
  status: 400,
};

/** Where a forgotten password begins, and where the links lead that come by mail. */
@Controller('realms/:realm/login-actions')
@UseGuards(SameSiteGuard)
export class LinksController {
  constructor(
    private readonly bus: Bus,
    private readonly logins: Logins,
  ) {}

  @Get('reset-credentials')
  @Header('cache-control', 'no-store')
  async reset(@CurrentVisit() visit: Visit, @Query() query: unknown): Promise<void> {
    await this.logins.turnTo(visit, 'reset-credentials', stepQuery(query).login);
  }

  /** Scanners of mail follow links: until a button is pressed, nothing happens. */
  @Get('action-token')
  @Header('cache-control', 'no-store')
  async open(@CurrentVisit() visit: Visit, @Query('key') key: unknown): Promise<void> {
    const asked = { realm: askedBy(visit).realm, key: keyOf(key) };
    const opened = await this.bus.call(flows.openLink, asked);
    if (opened.kind === 'expired') await this.logins.answer(visit, EXPIRED);
    else await this.confirm(visit, opened.form, asked.key);
  }

  @Post('action-token')
  @HttpCode(200)
  @Header('cache-control', 'no-store')
  async use(@CurrentVisit() visit: Visit, @Query('key') key: unknown): Promise<void> {
    const step = await this.bus.call(flows.useLink, { ...askedBy(visit), key: keyOf(key) });
    await this.logins.answer(visit, step);
  }

  private async confirm({ request, reply, realm, realmName, t }: Visit, form: Form, key: string) {
    const here = `${actionsPath(realm.name, 'action-token')}?${new URLSearchParams({ key }).toString()}`;
    if (wantsJson(request)) return reply.send({ action: here });
    const addresses = { action: here, step: here, link: () => accountPath(realm.name) };
    const page = (
      <FormPage form={form} addresses={addresses} t={t} realmName={realmName} languages={offered(realm)} />
    );
    return reply.type('text/html; charset=utf-8').send(draw(page));
  }
}

const keyOf = (key: unknown): string => (typeof key === 'string' && key.length <= LONGEST ? key : '');
