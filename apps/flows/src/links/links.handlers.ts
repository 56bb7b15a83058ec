import { Controller } from '@nestjs/common';
import { Answers, Bus } from '@tumbler/bus';
import { credentials } from '@tumbler/contract-credentials';
import type { Told } from '@tumbler/contract-events';
import {
  flows,
  OpenLink,
  SendLink,
  text,
  UseLink,
  type Form,
  type LoginStep,
  type OpenedLink,
} from '@tumbler/contract-flows';
import { users, type FoundUser, type LoginUser } from '@tumbler/contract-users';
import { AppError, invalid, notFound } from '@tumbler/errors';
import { Outbox } from '@tumbler/events';
import { randomUUID } from 'node:crypto';
import { ACTIONS_FLOW_ID } from '../definitions/actions-flow.js';
import { FlowTrees } from '../definitions/flow-trees.js';
import { FlowRunner } from '../engine/flow-runner.js';
import { newRun, type Run } from '../engine/run.js';
import { told } from '../logins/login-events.js';
import { LoginStore } from '../logins/login-store.js';
import { Moves } from '../logins/moves.js';
import { Mailbox } from '../mail/mailbox.js';
import { AddressChange } from './address-change.js';
import { PostOffice } from '../mail/post-office.js';
import { localeOf, type LinkKind, type LinkLetter } from './link.js';
import { progressBehind, VERIFY_EMAIL } from './progress-behind.js';
import { Links, LinkSpent, type OpenLinkRow } from './links.js';

const ADMIN_LIFESPAN = 43_200;

/** A link that does not work says no more than that: not whose it was, nor why. */
const EXPIRED: LoginStep = { kind: 'failed', error: text('expiredActionTokenNoSessionMessage'), status: 400 };

/** Links that came by mail. Opening one shows a page; only what is sent from there uses it. */
@Controller()
export class LinksHandlers {
  constructor(
    private readonly trees: FlowTrees,
    private readonly runner: FlowRunner,
    private readonly logins: LoginStore,
    private readonly moves: Moves,
    private readonly links: Links,
    private readonly mailbox: Mailbox,
    private readonly outbox: Outbox,
    private readonly bus: Bus,
    private readonly addressChange: AddressChange,
    private readonly postOffice: PostOffice,
  ) {}

  @Answers(flows.openLink)
  async openLink({ realm, key }: OpenLink): Promise<OpenedLink> {
    const link = await this.links.find(realm.id, key);
    return link ? { kind: 'confirm', form: page(link.kind) } : { kind: 'expired' };
  }

  @Answers(flows.useLink)
  async useLink(question: UseLink): Promise<LoginStep> {
    const { realm, key } = question;
    const sent = await this.links.find(realm.id, key);
    if (!sent) return EXPIRED;
    const redirectUri = sent.data.redirectUri ?? (await this.wayBack(question, sent));
    const link = { ...sent, data: { ...sent.data, redirectUri } };
    const who = { realmId: realm.id, userId: link.userId };
    const found = await this.bus.call(users.get, who);
    const { user } = found;
    if (!user?.enabled) return EXPIRED;
    try {
      if (link.kind === 'update-email') return await this.addressChange.confirm(question, link, user);
      // It proves the address it was sent to: whoever has another one by now has to prove that.
      if (user.email?.toLowerCase() !== link.data.email.toLowerCase()) return EXPIRED;
      // The address first: were the link used up before, a crash between them would leave neither.
      if (!user.emailVerified || user.requiredActions.includes(VERIFY_EMAIL)) {
        await this.bus.call(users.finishAction, { ...who, alias: VERIFY_EMAIL, emailVerified: true });
      }
      return link.kind === 'verify-email'
        ? await this.verified(question, link, user)
        : await this.goesOn(question, link, found);
    } catch (error) {
      if (error instanceof LinkSpent) return EXPIRED;
      throw error;
    }
  }

  @Answers(flows.sendLink)
  async sendLink(question: SendLink): Promise<Record<string, never>> {
    const { by, realm, userId, kind, actions = [], clientId, redirectUri } = question;
    const [{ user, actions: enabled }, { smtpServer }] = await Promise.all([
      this.bus.call(users.get, { realmId: realm.id, userId }),
      this.bus.call(users.mailSettings, { realmId: realm.id }),
    ]);
    if (!user) throw notFound('User not found');
    const { email } = user;
    if (!email) throw invalid('User email missing');
    if (!user.enabled) throw invalid('User is disabled');
    if (!actions.every((alias) => enabled.some((one) => one.alias === alias)))
      throw invalid('Provided invalid required actions');
    if (!smtpServer.host) throw notSent(kind, 'the realm has no mail server');

    const lifespan = question.lifespan ?? realm.adminLinkLifespan ?? ADMIN_LIFESPAN;
    const data = { clientId, actions, ...(redirectUri ? { redirectUri } : {}) };
    const letter: LinkLetter = {
      kind,
      to: { userId, email, ...localeOf(user) },
      lifespan,
      data,
      always: true,
    };
    const [mailId = ''] = await this.outbox.transaction((tx) => this.mailbox.post(tx, realm, [letter]));
    // An administrator is there to put right what keeps it from being sent.
    const failure = await this.postOffice.deliverNow(mailId);
    if (failure) throw notSent(kind, failure);
    await this.outbox.tell({
      type: 'admin',
      realmId: realm.id,
      data: {
        operationType: 'ACTION',
        resourceType: 'USER',
        resourcePath: `users/${userId}/${kind === 'verify-email' ? 'send-verify-email' : 'execute-actions-email'}`,
        authDetails: by,
        ...(actions.length > 0 ? { representation: actions } : {}),
      },
    });
    return {};
  }

  private async verified(
    { realm, visitor }: UseLink,
    link: OpenLinkRow,
    user: LoginUser,
  ): Promise<LoginStep> {
    const { clientId, redirectUri, email } = link.data;
    const verified: Told = {
      type: 'VERIFY_EMAIL',
      realmId: realm.id,
      subject: user.id,
      data: {
        clientId,
        userId: user.id,
        ...(visitor.address ? { ipAddress: visitor.address } : {}),
        details: { username: user.username, email },
      },
    };
    await this.outbox.transaction(async (tx, tell) => {
      await this.links.spend(tx, link);
      await tell(verified);
    });
    return { kind: 'info', text: text('emailVerifiedMessage'), ...(redirectUri ? { redirectUri } : {}) };
  }

  /**
   * To the login that the link was asked for in, if this is its browser: after a reset to its first page, since nobody is
   * signed in by that. Anybody else's login is none of theirs who have the mailbox.
   */
  private async wayBack(
    { realm, browser }: UseLink,
    { kind, data }: OpenLinkRow,
  ): Promise<string | undefined> {
    const { login, clientId } = data;
    if (!login || !realm.url) return undefined;
    if (!(await this.logins.load({ id: login, realmId: realm.id, browser }))) return undefined;
    const where = { client_id: clientId, tab_id: login };
    return kind === 'reset-credentials'
      ? `${realm.url}/login-actions/restart?${new URLSearchParams({ to: 'login', ...where }).toString()}`
      : `${realm.url}/login-actions/authenticate?${new URLSearchParams(where).toString()}`;
  }

  /** A login that begins with the link, in the browser in which it was opened. */
  private async goesOn(question: UseLink, link: OpenLinkRow, found: FoundUser): Promise<LoginStep> {
    const { realm, visitor, session, browser } = question;
    const { data } = link;
    const kind = link.kind === 'execute-actions' ? 'actions' : 'reset-credentials';
    const flowId = data.flowId ?? ACTIONS_FLOW_ID;
    const { version } = await this.trees.ofRealm(realm.id);
    const flow = await this.trees.tree(realm.id, version, flowId);
    if (!flow) return EXPIRED;
    const has = await this.bus.call(credentials.has, { realmId: realm.id, userId: link.userId });

    const id = randomUUID();
    const run: Run = newRun(
      { id, kind, clientId: data.clientId, realm, visitor, ...(session ? { session } : {}) },
      flow,
    );
    run.redirectUri = data.redirectUri;
    run.progress = progressBehind(data, { found, credentials: has });
    run.events.push({ type: 'EXECUTE_ACTION_TOKEN', details: { reason: link.kind } });
    const stop = await this.runner.advance(run);
    const { move, step } = await this.moves.of(run, stop, this.moves.later(realm.loginLifespan));
    await this.logins.add(
      {
        ...{ id, realmId: realm.id, flowId, kind, clientId: data.clientId, browser },
        ...{ redirectUri: data.redirectUri ?? null, loginHint: null },
        ...move,
      },
      told(run),
      { realm, letters: run.letters },
      (tx) => this.links.spend(tx, link),
    );
    return step;
  }
}

/** Keycloak's words (keycloak.md §5.2). */
const notSent = (kind: SendLink['kind'], why: string) =>
  new AppError('internal', {
    message: `Failed to send ${kind === 'verify-email' ? 'verify email' : 'execute actions email'}: ${why}`,
    asConflict: true,
  });

const WORDS: Record<LinkKind, string> = {
  'verify-email': 'confirmEmailAddressVerification',
  'update-email': 'confirmEmailUpdate',
  'reset-credentials': 'confirmResetCredentials',
  'execute-actions': 'confirmExecutionOfActions',
};

const page = (kind: LinkKind): Form => ({
  page: 'login-info',
  id: 'kc-action-token-form',
  title: text('confirmLinkTitle'),
  blocks: [{ kind: 'text', id: 'kc-info-message', text: text(WORDS[kind]) }],
  fields: [],
  buttons: [{ id: 'kc-proceed', label: text('proceedWithAction'), kind: 'primary' }],
});
