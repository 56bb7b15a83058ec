import { Body, Controller, Get, Header, HttpCode, Post } from '@nestjs/common';
import type { FlowKind } from '@tumbler/contract-flows';
import { CurrentVisit } from '../login/current-visit.js';
import { Logins } from '../login/logins.js';
import type { Visit } from '../login/visit.js';

/** Keycloak's address of the same for those who want to register. */
const REGISTRATIONS = 'registrations';

/** Where applications send their users. No guard against other sites: it is from there that users come. */
@Controller('realms/:realm/protocol/openid-connect')
export class AuthorizationController {
  constructor(private readonly logins: Logins) {}

  @Get(['auth', REGISTRATIONS])
  @Header('cache-control', 'no-store')
  async ask(@CurrentVisit() visit: Visit): Promise<void> {
    const [path, query = ''] = visit.request.url.split('?');
    await this.logins.authorize(visit, { query, ...flowOf(path) });
  }

  /** OpenID Connect Core §3.1.2.1: the same as a form. */
  @Post(['auth', REGISTRATIONS])
  @HttpCode(200)
  @Header('cache-control', 'no-store')
  async askByForm(@CurrentVisit() visit: Visit, @Body() body: unknown): Promise<void> {
    const [path] = visit.request.url.split('?');
    await this.logins.authorize(visit, { query: asForm(body), ...flowOf(path) });
  }
}

const flowOf = (path = ''): { flow?: FlowKind } =>
  path.endsWith(`/${REGISTRATIONS}`) ? { flow: 'registration' } : {};

/** A form as it came: a field that was sent twice is still there twice. */
export function asForm(body: unknown): string {
  const form = new URLSearchParams();
  for (const [name, value] of Object.entries(body ?? {})) {
    for (const each of [value].flat()) form.append(name, String(each));
  }
  return form.toString();
}
