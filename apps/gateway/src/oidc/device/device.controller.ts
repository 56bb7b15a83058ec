import { Body, Controller, Get, Header, HttpCode, Post, Query, UseGuards } from '@nestjs/common';
import { text } from '@tumbler/contract-flows';
import { Outbox } from '@tumbler/events';
import { SameSiteGuard } from '../../http/same-site.guard.js';
import { CurrentVisit } from '../../login/current-visit.js';
import { Logins } from '../../login/logins.js';
import { sentFields } from '../../login/sent-fields.js';
import type { Visit } from '../../login/visit.js';
import { DeviceCodes } from './device-codes.js';
import { DevicePages } from './device-pages.js';
import { UserCodeGuesses } from './user-code-guesses.js';

const LONGEST = 32;

/** Where the user of a device types the code that it shows (RFC 8628 §3.3), on Keycloak's address. */
@Controller('realms/:realm/device')
@UseGuards(SameSiteGuard)
export class DeviceController {
  constructor(
    private readonly logins: Logins,
    private readonly pages: DevicePages,
    private readonly codes: DeviceCodes,
    private readonly guesses: UserCodeGuesses,
    private readonly outbox: Outbox,
  ) {}

  /** A code in the address is filled in and not believed: the user says by the form that it is what their device shows. */
  @Get()
  @Header('cache-control', 'no-store')
  async show(@CurrentVisit() visit: Visit, @Query('user_code') code: unknown): Promise<void> {
    await this.pages.ask(visit, typeof code === 'string' ? { typed: code.slice(0, LONGEST) } : {});
  }

  @Post()
  @HttpCode(200)
  @Header('cache-control', 'no-store')
  async submit(@CurrentVisit() visit: Visit, @Body() body: unknown): Promise<void> {
    const typed = (sentFields(body).device_user_code ?? '').slice(0, LONGEST);
    if (!(await this.guesses.take(visit.realm.id, visit.request.ip))) {
      await this.pages.ask(visit, { typed, error: text('oauth2DeviceTooManyCodes'), status: 429 });
      return;
    }
    const device = await this.codes.byUserCode(visit.realm, typed);
    if (!device) return this.refuse(visit, typed);
    await this.guesses.giveBack(visit.realm.id, visit.request.ip);
    await this.logins.startForDevice(visit, device, typed);
  }

  private async refuse(visit: Visit, typed: string): Promise<void> {
    await this.outbox.tell({
      type: 'OAUTH2_DEVICE_VERIFY_USER_CODE_ERROR',
      realmId: visit.realm.id,
      data: { ipAddress: visit.request.ip, error: 'invalid_oauth2_user_code' },
    });
    await this.pages.ask(visit, { typed, error: text('oauth2DeviceInvalidUserCodeMessage') });
  }
}
