import { randomUUID } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { Clock } from '@tumbler/clock';
import { Outbox } from '@tumbler/events';
import { DataSource } from 'typeorm';
import type { EnrolmentKey } from '../otp/enrolments.js';
import { Vault } from '../secrets/vault.js';
import { hashed, newCodes, recoveryCodesData } from './codes.js';

/** Codes that nobody kept by then are forgotten. */
const EXPIRES_MS = 10 * 60_000;

interface Pending {
  credentialId: string;
  codes: string[];
}

interface PendingRow {
  credentialId: string;
  keyId: string;
  sealed: Buffer;
}

/** Codes that are shown and not yet kept. Until then they are in the database in a form that can be shown again; after that, hashed. */
@Injectable()
export class PendingRecoveryCodes {
  constructor(
    private readonly db: DataSource,
    private readonly outbox: Outbox,
    private readonly vault: Vault,
    private readonly clock: Clock,
  ) {}

  /** Makes codes for a login, or answers those that it was shown: a reload, or another tab, shows the same. */
  async begin(key: EnrolmentKey): Promise<string[]> {
    const { realmId, userId, loginId } = key;
    const pending = await this.pending(key);
    if (pending) return pending.codes;
    const codes = newCodes();
    const credentialId = randomUUID();
    const sealed = this.vault.seal(Buffer.from(codes.join(' ')), { realmId, userId, credentialId });
    const now = this.clock.now();
    const expiresAt = new Date(now.getTime() + EXPIRES_MS);
    const rows = await this.db.query<unknown[]>(
      `insert into pending_recovery_codes (realm_id, user_id, login_id, credential_id, key_id, sealed, expires_at)
       values ($1, $2, $3, $4, $5, $6, $7)
       on conflict (realm_id, user_id, login_id) do update
          set (credential_id, key_id, sealed, expires_at)
            = (excluded.credential_id, excluded.key_id, excluded.sealed, excluded.expires_at)
        where pending_recovery_codes.expires_at <= $8
       returning 1`,
      [realmId, userId, loginId, credentialId, sealed.keyId, sealed.data, expiresAt, now],
    );
    return rows.length > 0 ? codes : this.begin(key);
  }

  /**
   * Puts the codes that were shown in place of those the user had. Whoever deletes the pending row is the one: an answer
   * that is sent twice at once makes them once. Answers undefined when nothing is pending.
   */
  async confirm(key: EnrolmentKey, attempt: string, label?: string): Promise<string | undefined> {
    const { realmId, userId, loginId } = key;
    const pending = await this.pending(key);
    if (!pending) return undefined;
    const { credentialId, codes } = pending;
    // Hashed before the transaction, so that no row is locked while it takes its time.
    const sealed = this.vault.seal(await hashed(codes), { realmId, userId, credentialId });
    return this.outbox.transaction(async (tx, tell) => {
      const [created] = await tx.query<unknown[]>(
        `with confirmed as (
           delete from pending_recovery_codes
            where realm_id = $1 and user_id = $2 and login_id = $3 and credential_id = $4 and expires_at > $5
           returning credential_id
         )
         insert into credential (id, realm_id, user_id, type, label, priority, created_at, data, key_id, sealed, last_step,
                                 last_attempt)
         select credential_id, $1::uuid, $2::uuid, 'recovery-authn-codes', $6::text,
                (select coalesce(max(priority), 0) + 10 from credential where realm_id = $1 and user_id = $2),
                $5::timestamptz, $7::jsonb, $8::text, $9::bytea, 0, $10::text
           from confirmed
         on conflict (realm_id, user_id) where type = 'recovery-authn-codes' do update
            set (id, label, created_at, data, key_id, sealed, last_step, last_attempt)
              = (excluded.id, excluded.label, excluded.created_at, excluded.data, excluded.key_id, excluded.sealed,
                 excluded.last_step, excluded.last_attempt)
         returning 1`,
        [
          realmId,
          userId,
          loginId,
          credentialId,
          this.clock.now(),
          label || null,
          recoveryCodesData,
          sealed.keyId,
          sealed.data,
          attempt,
        ],
      );
      if (!created) return undefined;
      await tell({
        type: 'credential.created',
        realmId,
        subject: userId,
        data: { userId, credentialId, credentialType: 'recovery-authn-codes' },
      });
      return credentialId;
    });
  }

  /** The codes that an attempt led to. */
  async confirmedBy({ realmId, userId }: EnrolmentKey, attempt: string): Promise<string | undefined> {
    const [row] = await this.db.query<{ id: string }[]>(
      `select id from credential
        where realm_id = $1 and user_id = $2 and type = 'recovery-authn-codes' and last_step = 0 and last_attempt = $3`,
      [realmId, userId, attempt],
    );
    return row?.id;
  }

  private async pending(key: EnrolmentKey): Promise<Pending | undefined> {
    const [row] = await this.db.query<PendingRow[]>(
      `select credential_id as "credentialId", key_id as "keyId", sealed from pending_recovery_codes
        where realm_id = $1 and user_id = $2 and login_id = $3 and expires_at > $4`,
      [key.realmId, key.userId, key.loginId, this.clock.now()],
    );
    if (!row) return undefined;
    const { credentialId, keyId, sealed } = row;
    const codes = this.vault.open({ keyId, data: sealed }, { ...key, credentialId });
    return { credentialId, codes: codes.toString().split(' ') };
  }
}
