import { randomUUID } from 'node:crypto';
import { Controller } from '@nestjs/common';
import { Answers } from '@tumbler/bus';
import { Clock } from '@tumbler/clock';
import { credentials, type PasswordSet, type SetCredentials } from '@tumbler/contract-credentials';
import { conflict } from '@tumbler/errors';
import { Outbox, type Tell } from '@tumbler/events';
import { isUUID } from 'class-validator';
import { DataSource, type EntityManager } from 'typeorm';
import { isUniqueViolation } from '../db/unique-violation.js';
import { unspent } from '../otp/parameters.js';
import { PasswordHashes } from '../passwords/password-hashes.js';
import { Passwords, type PreparedPassword, type Whose } from '../passwords/passwords.js';
import { Vault } from '../secrets/vault.js';
import { readCredential, type ReadCredential } from './given-credentials.js';

type ReadOtp = Extract<ReadCredential, { kind: 'otp' }>;
type Prepared = { kind: 'password'; password: PreparedPassword } | ReadOtp;

/** Credentials that are handed in: with a new user, by an administrator, or from an export of another server. */
@Controller()
export class SetCredentialsHandlers {
  constructor(
    private readonly db: DataSource,
    private readonly passwords: Passwords,
    private readonly hashes: PasswordHashes,
    private readonly outbox: Outbox,
    private readonly vault: Vault,
    private readonly clock: Clock,
  ) {}

  /** All of them or, when one is refused, none. One that the user has already, by its id, is left as it is. */
  @Answers(credentials.set)
  set({ realmId, userId, username, credentials: given }: SetCredentials): Promise<PasswordSet> {
    const whose = { realmId, userId };
    return this.hashes.admit(async () => {
      const ids = await this.takenIds(given.flatMap(({ id }) => (id && isUUID(id) ? [id] : [])));
      const isTheirs = (id?: string) => ids.some((row) => row.id === id && isSame(row, whose));
      const isFree = (id?: string) => id && isUUID(id) && !ids.some((row) => row.id === id);

      const prepared: Prepared[] = [];
      for (const one of given.filter(({ id, value }) => value !== undefined || !isTheirs(id))) {
        const read = readCredential(one);
        if (read.kind === 'otp') {
          prepared.push({ ...read, id: isFree(read.id) ? read.id : randomUUID() });
          continue;
        }
        const password =
          read.kind === 'clear-password'
            ? await this.passwords.prepare(whose, read.password, { username })
            : await this.passwords.adopt(whose, read.phc);
        if ('key' in password) return { kind: 'refused', ...password };
        prepared.push({ kind: 'password', password });
      }
      if (prepared.length > 0) await this.store(whose, prepared);
      return { kind: 'ok' };
    });
  }

  private async store(whose: Whose, prepared: Prepared[]): Promise<void> {
    try {
      await this.outbox.transaction(async (tx, tell) => {
        for (const one of prepared) {
          if (one.kind === 'password') await this.passwords.store(tx, tell, whose, one.password);
          else await this.storeOtp(tx, tell, whose, one);
        }
      });
    } catch (error) {
      if (isUniqueViolation(error)) throw conflict('Device already exists with the same name', 'userLabel');
      throw error;
    }
  }

  private async storeOtp(tx: EntityManager, tell: Tell, whose: Whose, otp: ReadOtp): Promise<void> {
    const { realmId, userId } = whose;
    const id = otp.id ?? randomUUID();
    const sealed = this.vault.seal(otp.secret, { ...whose, credentialId: id });
    await tx.query(
      `insert into credential (id, realm_id, user_id, type, label, priority, created_at, data, key_id, sealed, last_step)
       values ($1, $2, $3, 'otp', $4,
               (select coalesce(max(priority), 0) + 10 from credential where realm_id = $2 and user_id = $3),
               $5, $6, $7, $8, $9)`,
      [
        id,
        realmId,
        userId,
        otp.label || null,
        otp.createdDate === undefined ? this.clock.now() : new Date(otp.createdDate),
        otp.parameters,
        sealed.keyId,
        sealed.data,
        unspent(otp.parameters),
      ],
    );
    await tell({
      type: 'credential.created',
      realmId,
      subject: userId,
      data: { userId, credentialId: id, credentialType: 'otp' },
    });
  }

  private async takenIds(ids: string[]): Promise<(Whose & { id: string })[]> {
    if (ids.length === 0) return [];
    return this.db.query<(Whose & { id: string })[]>(
      'select id, realm_id as "realmId", user_id as "userId" from credential where id = any($1::uuid[])',
      [ids],
    );
  }
}

const isSame = (one: Whose, other: Whose) => one.realmId === other.realmId && one.userId === other.userId;
