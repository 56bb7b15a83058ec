import { Body, Controller, Get, Header, HttpCode, Param, Post, UseGuards } from '@nestjs/common';
import { AppError } from '@tumbler/errors';
import { wantsJson } from '../http/accept.js';
import { Cookies } from '../http/cookies.js';
import { FormTokens } from '../http/form-tokens.js';
import { SameSiteGuard } from '../http/same-site.guard.js';
import { accountPath } from '../login/addresses.js';
import { CurrentVisit } from '../login/current-visit.js';
import { Logins } from '../login/logins.js';
import { Notices, signedOut } from '../login/notices.js';
import { LanguagePicker } from '../login/pages/language-picker.js';
import { draw } from '../login/pages/layout.js';
import { NoticePage } from '../login/pages/notice-page.js';
import { sentFields } from '../login/sent-fields.js';
import type { Visit } from '../login/visit.js';
import type { Session } from '../sessions/session.js';
import { Sessions } from '../sessions/sessions.js';
import { offered } from '../texts/languages.js';
import { AccountPage, SignOut } from './account-page.js';
import type { AccountRights } from './account-rights.js';
import { accountJson } from './account.view.js';
import { Accounts, mayDo, type Account } from './accounts.js';

/** No action has a longer name. */
const LONGEST = 255;

@Controller('realms/:realm/account')
@UseGuards(SameSiteGuard)
export class AccountController {
  constructor(
    private readonly logins: Logins,
    private readonly accounts: Accounts,
    private readonly sessions: Sessions,
    private readonly cookies: Cookies,
    private readonly tokens: FormTokens,
    private readonly notices: Notices,
  ) {}

  /** The account of whoever is signed in; everybody else is led through a login first, in place. */
  @Get()
  @Header('cache-control', 'no-store')
  async show(@CurrentVisit() visit: Visit): Promise<void> {
    const { session } = visit;
    const account = session && (await this.accounts.look(visit.realm, session));
    if (!account) {
      if (session) await this.sessions.end(visit.realm.id, session.id);
      const step = await this.logins.start({ ...visit, session: undefined }, 'browser');
      await this.logins.answer({ ...visit, session: undefined }, step);
      return;
    }
    if (account.pending) {
      const step = await this.logins.start(visit, 'browser');
      // Where the flow asks for nothing after all, a redirect would come back here and ask again.
      const passes = step.kind === 'done' && step.finished.sessionId === session.id;
      if (!passes) return void (await this.logins.answer(visit, step));
    }
    if (!account.rights.see) return this.refuse(visit, session);
    await this.draw(visit, session, account);
  }

  /** What a user comes to change: a required action that they ask for themselves, as applications do with `kc_action`. */
  @Get('actions/:action')
  @Header('cache-control', 'no-store')
  async begin(@CurrentVisit() visit: Visit, @Param('action') action: string): Promise<void> {
    const { session } = visit;
    // Of somebody who is still to sign in, the login asks for itself.
    if (session && !mayDo(await this.accounts.rightsOf(visit.realm, session), action)) {
      return this.refuse(visit, session);
    }
    const step = await this.logins.start(visit, 'browser', undefined, action.slice(0, LONGEST));
    await this.logins.answer(visit, step);
  }

  @Post('logout')
  @HttpCode(200)
  @Header('cache-control', 'no-store')
  async signOut(@CurrentVisit() visit: Visit, @Body() body: unknown): Promise<void> {
    const { request, reply, realm, session } = visit;
    if (session) {
      this.demandToken(session, body);
      await this.accounts.signOut(session, request.ip);
    }
    this.cookies.clearSession(reply, realm.id);
    if (wantsJson(request)) return void (await reply.send({ signedOut: true }));
    await this.notices.show(visit, signedOut(realm.name), accountPath(realm.name));
  }

  /** Ends every session of the user but this one (ASVS 7.5.2). */
  @Post('end-other-sessions')
  @Header('cache-control', 'no-store')
  async endOthers(@CurrentVisit() visit: Visit, @Body() body: unknown): Promise<void> {
    await this.change(visit, body, 'change', ({ realmId, userId, id }) =>
      this.sessions.endOfUser(realmId, userId, id),
    );
  }

  /** Ends one of the user's sessions, wherever that is. */
  @Post('end-session')
  @Header('cache-control', 'no-store')
  async endOne(@CurrentVisit() visit: Visit, @Body() body: unknown): Promise<void> {
    const { session: ended = '' } = sentFields(body);
    await this.change(visit, body, 'change', (session) =>
      this.accounts.endSession(visit.realm, session, ended, visit.request.ip),
    );
  }

  @Post('revoke-application')
  @Header('cache-control', 'no-store')
  async revoke(@CurrentVisit() visit: Visit, @Body() body: unknown): Promise<void> {
    const { client = '' } = sentFields(body);
    await this.change(visit, body, 'revokeApplications', (session) =>
      this.accounts.revoke(visit.realm, session, client, visit.request.ip),
    );
  }

  /** Back at the account afterwards, which is where somebody who is not signed in signs in. */
  private async change(
    visit: Visit,
    body: unknown,
    right: keyof AccountRights,
    work: (session: Session) => Promise<unknown>,
  ): Promise<void> {
    const { session, realm, reply } = visit;
    if (session) {
      this.demandToken(session, body);
      const rights = await this.accounts.rightsOf(realm, session);
      if (!rights[right]) return this.refuse(visit, session);
      await work(session);
    }
    await reply.redirect(accountPath(realm.name), 303);
  }

  /** The realm does not let this user do that with their account; the way out stays open. */
  private async refuse({ request, reply, t, realm, realmName }: Visit, session: Session): Promise<void> {
    const path = accountPath(realm.name);
    if (wantsJson(request)) throw new AppError('forbidden', { message: t({ key: 'accountNotAllowedText' }) });
    await reply
      .status(403)
      .type('text/html; charset=utf-8')
      .send(
        draw(
          <NoticePage
            t={t}
            pageId="login-error"
            title={t({ key: 'accountNotAllowedTitle' })}
            realmName={realmName}
            kind="error"
            message={t({ key: 'accountNotAllowedText' })}
            address={path}
            picker={<LanguagePicker languages={offered(realm)} t={t} address={path} />}
          >
            <SignOut path={path} token={this.tokens.of(session.id)} t={t} />
          </NoticePage>,
        ),
      );
  }

  private demandToken(session: Session, body: unknown): void {
    const token = typeof body === 'object' && body !== null && 'token' in body ? body.token : undefined;
    if (!this.tokens.fits(session.id, token)) {
      throw new AppError('forbidden', { message: 'The form is not of this session' });
    }
  }

  private async draw(visit: Visit, session: Session, account: Account): Promise<void> {
    const { request, reply, t, realm, realmName } = visit;
    const token = this.tokens.of(session.id);
    if (wantsJson(request)) return void (await reply.send({ ...accountJson(account, session), token }));
    await reply
      .type('text/html; charset=utf-8')
      .send(
        draw(
          <AccountPage
            account={account}
            session={session}
            token={token}
            path={accountPath(realm.name)}
            t={t}
            realmName={realmName}
            languages={offered(realm)}
          />,
        ),
      );
  }
}
