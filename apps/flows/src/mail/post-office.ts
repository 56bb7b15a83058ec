import { createHash, randomBytes } from 'node:crypto';
import { Injectable, Logger } from '@nestjs/common';
import { Bus } from '@tumbler/bus';
import { Clock } from '@tumbler/clock';
import { users } from '@tumbler/contract-users';
import { Outbox } from '@tumbler/events';
import { DataSource } from 'typeorm';
import type { LinkKind } from '../links/link.js';
import { letter } from './letters.js';
import type { MailRow } from './mail.entity.js';
import { Smtp } from './smtp.js';

const AT_ONCE = 10;
const MOST_ATTEMPTS = 5;
/** Somebody who waits for a mail to be sent waits less than for the answer to a call. */
const PATIENCE_MS = 3_500;
/** After the first failure; doubled with each further one. Longer than one attempt may take, so that no two overlap. */
const PAUSE_MS = 60_000;

const FAILED = {
  'verify-email': 'SEND_VERIFY_EMAIL_ERROR',
  'update-email': 'SEND_VERIFY_EMAIL_ERROR',
  'reset-credentials': 'SEND_RESET_PASSWORD_ERROR',
  'execute-actions': 'EXECUTE_ACTIONS_ERROR',
} as const satisfies Record<LinkKind, string>;

type ClaimedMail = Omit<MailRow, 'dueAt'>;

/** Sends what was posted. Every instance may do it at the same time: each mail is taken by one of them. */
@Injectable()
export class PostOffice {
  private readonly log = new Logger('mail');

  constructor(
    private readonly db: DataSource,
    private readonly bus: Bus,
    private readonly outbox: Outbox,
    private readonly smtp: Smtp,
    private readonly clock: Clock,
  ) {}

  /** Sends what is due now; what cannot be sent waits for its next turn. */
  async deliver(): Promise<void> {
    for (;;) {
      const claimed = await this.claim();
      await Promise.all(claimed.map((mail) => this.deliverOne(mail)));
      if (claimed.length < AT_ONCE) return;
    }
  }

  /**
   * Sends one mail while somebody waits for it. Answers why it could not be sent; then it is not tried again, and its link
   * is void. Nothing where it was sent, where somebody else is at it, and where it takes longer than anybody waits.
   */
  async deliverNow(id: string): Promise<string | undefined> {
    const [mail] = await this.claim(1, id);
    if (!mail) return undefined;
    let isAwaited = true;
    const sent = this.send(mail).then(
      () => undefined,
      async (error: unknown) => {
        if (isAwaited) return this.withdraw(mail, error);
        await this.failed(mail, error);
        return undefined;
      },
    );
    const late = new Promise<undefined>((resolve) => {
      setTimeout(() => resolve(undefined), PATIENCE_MS).unref();
    });
    const answer = await Promise.race([sent, late]);
    isAwaited = false;
    return answer;
  }

  private async withdraw({ id, linkId, letter: kind }: ClaimedMail, error: unknown): Promise<string> {
    const code = codeOf(error);
    this.log.warn(`a mail (${kind}) could not be sent: ${code}`);
    await this.db.transaction(async (tx) => {
      await tx.query('delete from mail where id = $1', [id]);
      await tx.query('delete from action_link where id = $1', [linkId]);
    });
    return code;
  }

  /** Taken for as long as the pause after a failure: an instance that dies meanwhile leaves the mail to the others. */
  private async claim(most = AT_ONCE, id?: string): Promise<ClaimedMail[]> {
    const [mails] = await this.db.query<[ClaimedMail[], number]>(
      `update mail set attempts = attempts + 1, due_at = $1::timestamptz + $2 * power(2, attempts) * interval '1 ms'
        where id in (select id from mail where due_at <= $1 and id = coalesce($4, id)
                      order by due_at limit $3 for update skip locked)
       returning id, realm_id as "realmId", recipient, letter, values, link_id as "linkId", attempts`,
      [this.clock.now(), PAUSE_MS, most, id ?? null],
    );
    return mails;
  }

  private async deliverOne(mail: ClaimedMail): Promise<void> {
    try {
      await this.send(mail);
    } catch (error) {
      await this.failed(mail, error);
    }
  }

  private async send(mail: ClaimedMail): Promise<void> {
    const { id, recipient, linkId } = mail;
    if (recipient && linkId) await this.sendLink(mail, recipient, linkId);
    else if (recipient) await this.sendNotice(mail, recipient);
    await this.db.query('delete from mail where id = $1', [id]);
  }

  private async sendLink({ realmId, values, letter: kind }: ClaimedMail, to: string, linkId: string) {
    const key = await this.keyFor(linkId);
    if (!key) return;
    const { smtpServer } = await this.bus.call(users.mailSettings, { realmId });
    const link = `${values.realmUrl}/login-actions/action-token?key=${key}`;
    await this.smtp.send(smtpServer, to, letter(kind, values, link));
  }

  /** Nobody waits for it: where the realm sends no mail, there is none. */
  private async sendNotice({ realmId, values, letter: kind }: ClaimedMail, to: string) {
    const { smtpServer } = await this.bus.call(users.mailSettings, { realmId });
    if (smtpServer.host) await this.smtp.send(smtpServer, to, letter(kind, values));
  }

  /** Makes the key of the link, which from then on is in the mail only. One of an earlier attempt is void. */
  private async keyFor(linkId: string): Promise<string | undefined> {
    const key = randomBytes(32).toString('base64url');
    const [, open] = await this.db.query<[unknown, number]>(
      'update action_link set hash = $2 where id = $1 and used_at is null and expires_at > $3',
      [linkId, hashOf(key), this.clock.now()],
    );
    return open > 0 ? key : undefined;
  }

  private async failed({ id, realmId, letter: kind, linkId, attempts }: ClaimedMail, error: unknown) {
    this.log.warn(`a mail (${kind}) could not be sent, attempt ${attempts}: ${codeOf(error)}`);
    if (attempts < MOST_ATTEMPTS) return;
    await this.outbox.transaction(async (tx, tell) => {
      await tx.query('delete from mail where id = $1', [id]);
      if (!isLink(kind)) return;
      const [link] = await tx.query<{ userId: string; clientId: string }[]>(
        `select user_id as "userId", data->>'clientId' as "clientId" from action_link where id = $1`,
        [linkId],
      );
      if (!link) return;
      await tell({
        type: FAILED[kind],
        realmId,
        subject: link.userId,
        data: { ...link, error: 'email_send_failed' },
      });
    });
  }
}

export const hashOf = (key: string): string => createHash('sha256').update(key).digest('base64url');

/** Not the error itself: a mail server's answer may repeat the address, or more. */
const codeOf = (error: unknown): string =>
  error instanceof Error && 'code' in error ? String(error.code) : 'error';

const isLink = (kind: MailRow['letter']): kind is LinkKind => kind in FAILED;
