import { Injectable } from '@nestjs/common';
import { Bus } from '@tumbler/bus';
import { credentials } from '@tumbler/contract-credentials';
import { text, type LoginStep, type UseLink } from '@tumbler/contract-flows';
import { users, type LoginUser } from '@tumbler/contract-users';
import { AppError } from '@tumbler/errors';
import { Outbox } from '@tumbler/events';
import { Mailbox } from '../mail/mailbox.js';
import { movedFrom, passwordOf } from '../required-actions/update-email/update-email.required-action.js';
import { localeOf } from './link.js';
import { Links, LinkSpent, type OpenLinkRow } from './links.js';

/** A new address, once the link was opened that was sent there. */
@Injectable()
export class AddressChange {
  constructor(
    private readonly links: Links,
    private readonly mailbox: Mailbox,
    private readonly outbox: Outbox,
    private readonly bus: Bus,
  ) {}

  /**
   * Throws `LinkSpent` also where the account has another address by now than when the link was asked for, or another
   * password, or its user was signed out everywhere: somebody else may have asked for it, and a mailbox of theirs would
   * give them the account back.
   */
  async confirm({ realm, visitor }: UseLink, link: OpenLinkRow, user: LoginUser): Promise<LoginStep> {
    const { email, previousEmail = '', clientId, redirectUri } = link.data;
    const lower = (address = '') => address.toLowerCase();
    const isMoved = lower(user.email) === lower(email);
    const who = { realmId: realm.id, userId: user.id };
    const { passwordSetAt } = passwordOf(await this.bus.call(credentials.has, who));
    if (passwordSetAt !== link.data.passwordSetAt || isBefore(link.createdAt, user.notBefore))
      throw new LinkSpent();
    if (user.emailFixed || (!isMoved && lower(user.email) !== lower(previousEmail))) throw new LinkSpent();

    const told = {
      realmId: realm.id,
      subject: user.id,
      data: {
        ...{ clientId, userId: user.id },
        ...(visitor.address ? { ipAddress: visitor.address } : {}),
        details: { username: user.username, ...movedFrom(previousEmail, email) },
      },
    };
    // The address first, as with every link: of the same link, used again, nothing else comes.
    try {
      await this.bus.call(users.update, { ...who, fields: { email, emailVerified: true } });
    } catch (error) {
      if (!(error instanceof AppError) || error.code !== 'conflict') throw error;
      const data = { ...told.data, error: 'email_in_use' };
      await this.outbox.tell({ ...told, type: 'UPDATE_EMAIL_ERROR', data });
      return { kind: 'failed', error: text('emailExistsMessage'), status: 400 };
    }
    for (const alias of ['UPDATE_EMAIL', 'VERIFY_EMAIL']) {
      if (user.requiredActions.includes(alias)) await this.bus.call(users.finishAction, { ...who, alias });
    }
    await this.outbox.transaction(async (tx, tell) => {
      await this.links.spend(tx, link);
      if (previousEmail && lower(previousEmail) !== lower(email)) {
        await this.mailbox.post(tx, realm, [
          { notice: 'email-changed', to: { email: previousEmail, ...localeOf(user) } },
        ]);
      }
      await tell({ ...told, type: 'UPDATE_EMAIL' });
    });
    this.mailbox.posted();
    return {
      kind: 'info',
      text: text('emailUpdatedMessage', email),
      ...(redirectUri ? { redirectUri } : {}),
    };
  }
}

/** In whole seconds, as `notBefore` is: what was asked for in the second of a sign-out may still be what ended by it. */
const isBefore = (date: Date, notBefore: number): boolean => Math.floor(date.getTime() / 1000) <= notBefore;
