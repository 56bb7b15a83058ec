import { randomUUID } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { Clock } from '@tumbler/clock';
import type { LoginRealm } from '@tumbler/contract-flows';
import type { EntityManager } from 'typeorm';
import type { Addressee, LinkLetter } from '../links/link.js';
import type { LetterValues } from './letters.js';
import type { Notice } from './notice.js';

/** Somebody who asks for one letter after the other does not fill a mailbox: one of a kind in so long. */
const PAUSE_MS = 60_000;
const NOBODY = '00000000-0000-0000-0000-000000000000';

/** Takes in letters, in the transaction of what they are about. */
@Injectable()
export class Mailbox {
  private readonly listeners: (() => void)[] = [];

  constructor(private readonly clock: Clock) {}

  /** One statement for a letter, whether there is somebody to send it to or not. Answers the ids of the mails, in order. */
  async post(tx: EntityManager, realm: LoginRealm, letters: (LinkLetter | Notice)[]): Promise<string[]> {
    const ids: string[] = [];
    for (const letter of letters) {
      const id = randomUUID();
      ids.push(id);
      if ('notice' in letter) {
        await this.postNotice(tx, id, realm, letter);
        continue;
      }
      const { kind, to, lifespan, data, always = false } = letter;
      const now = this.clock.now();
      const values: LetterValues = { ...valuesOf(realm, to), minutes: Math.ceil(lifespan / 60) };
      await tx.query(
        `with link as (
           insert into action_link (id, realm_id, user_id, kind, data, created_at, expires_at)
           select $1::uuid, $2::uuid, $3::uuid, $4::text, $5::jsonb, $6::timestamptz, $7::timestamptz
            where $11::boolean or not exists (
              select from action_link where realm_id = $2 and user_id = $3 and kind = $4 and created_at > $8)
           returning id
         )
         insert into mail (id, realm_id, recipient, letter, values, link_id, attempts, due_at)
         select $1, $2, $9, $4, $10, id, 0, $6 from link`,
        [
          id,
          realm.id,
          to?.userId ?? NOBODY,
          kind,
          JSON.stringify({ ...data, email: to?.email ?? '' }),
          now,
          new Date(now.getTime() + lifespan * 1000),
          new Date(now.getTime() - PAUSE_MS),
          to?.email ?? null,
          JSON.stringify(values),
          always || !to,
        ],
      );
    }
    return ids;
  }

  private async postNotice(
    tx: EntityManager,
    id: string,
    realm: LoginRealm,
    { notice, to }: Notice,
  ): Promise<void> {
    await tx.query(
      `insert into mail (id, realm_id, recipient, letter, values, attempts, due_at) values ($1, $2, $3, $4, $5, 0, $6)`,
      [id, realm.id, to.email, notice, JSON.stringify(valuesOf(realm, to)), this.clock.now()],
    );
  }

  /** Called after each commit that posted something. */
  onPosted(wake: () => void): void {
    this.listeners.push(wake);
  }

  posted(): void {
    this.listeners.forEach((wake) => wake());
  }
}

const valuesOf = (realm: LoginRealm, { locale }: Partial<Addressee> = {}): LetterValues => ({
  ...languageOf(realm, locale),
  realmName: realm.displayName || realm.name,
  realmUrl: realm.url ?? '',
  minutes: 0,
});

/** What the reader has said, where the realm offers it; else what the realm speaks first. */
function languageOf({ locales = [] }: LoginRealm, locale: string | undefined): Pick<LetterValues, 'locale'> {
  const language = locale && locales.includes(locale) ? locale : locales[0];
  return language ? { locale: language } : {};
}
