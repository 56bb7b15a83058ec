import { randomUUID } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { Clock } from '@tumbler/clock';
import { Outbox } from '@tumbler/events';
import { DataSource } from 'typeorm';
import { isUniqueViolation } from '../db/unique-violation.js';
import { Vault } from '../secrets/vault.js';
import { newSecret } from './codes.js';
import type { OtpParameters } from './parameters.js';

/** An enrolment that was not finished by then is forgotten. */
const EXPIRES_MS = 10 * 60_000;

/** A login's enrolment. */
export interface EnrolmentKey {
  realmId: string;
  userId: string;
  loginId: string;
}

export interface Enrolment {
  credentialId: string;
  parameters: OtpParameters;
  secret: Buffer;
}

export interface FirstCode {
  step: number;
  attempt: string;
  label?: string;
}

/** `gone`: nothing is pending, since it expired or another attempt was first. */
export type Confirmed = { kind: 'made'; credentialId: string } | { kind: 'label_taken' } | { kind: 'gone' };

interface PendingRow {
  credentialId: string;
  data: OtpParameters;
  keyId: string;
  sealed: Buffer;
}

/** Secrets that wait for their first code. */
@Injectable()
export class Enrolments {
  constructor(
    private readonly db: DataSource,
    private readonly outbox: Outbox,
    private readonly vault: Vault,
    private readonly clock: Clock,
  ) {}

  async pending(key: EnrolmentKey): Promise<Enrolment | undefined> {
    const [row] = await this.db.query<PendingRow[]>(
      `select credential_id as "credentialId", data, key_id as "keyId", sealed from pending_otp
        where realm_id = $1 and user_id = $2 and login_id = $3 and expires_at > $4`,
      [key.realmId, key.userId, key.loginId, this.clock.now()],
    );
    if (!row) return undefined;
    const { credentialId, data, keyId, sealed } = row;
    const secret = this.vault.open({ keyId, data: sealed }, { ...key, credentialId });
    return { credentialId, parameters: data, secret };
  }

  /** Begins one, or answers the one that the same login began at the same moment: both pages show the same secret. */
  async begin(key: EnrolmentKey, parameters: OtpParameters): Promise<Enrolment> {
    const enrolment = { credentialId: randomUUID(), parameters, secret: newSecret(parameters.algorithm) };
    const sealed = this.vault.seal(enrolment.secret, { ...key, credentialId: enrolment.credentialId });
    const now = this.clock.now();
    const rows = await this.db.query<unknown[]>(
      `insert into pending_otp (realm_id, user_id, login_id, credential_id, data, key_id, sealed, expires_at)
       values ($1, $2, $3, $4, $5, $6, $7, $8)
       on conflict (realm_id, user_id, login_id) do update
          set (credential_id, data, key_id, sealed, expires_at)
            = (excluded.credential_id, excluded.data, excluded.key_id, excluded.sealed, excluded.expires_at)
        where pending_otp.expires_at <= $9
       returning 1`,
      [
        key.realmId,
        key.userId,
        key.loginId,
        enrolment.credentialId,
        parameters,
        sealed.keyId,
        sealed.data,
        new Date(now.getTime() + EXPIRES_MS),
        now,
      ],
    );
    if (rows.length > 0) return enrolment;
    return (await this.pending(key)) ?? this.begin(key, parameters);
  }

  /**
   * Turns what is pending into a credential, with the step of its first code spent (T-05, mistakes.md: the enrolment code must
   * be burned too). Whoever deletes the pending row is the one: it is there for one attempt only.
   */
  async confirm(key: EnrolmentKey, first: FirstCode): Promise<Confirmed> {
    const { realmId, userId, loginId } = key;
    const { step, attempt, label } = first;
    try {
      return await this.outbox.transaction(async (tx, tell) => {
        const [created] = await tx.query<{ id: string }[]>(
          `with confirmed as (
             delete from pending_otp where realm_id = $1 and user_id = $2 and login_id = $3 and expires_at > $4
             returning credential_id, realm_id, user_id, data, key_id, sealed
           )
           insert into credential (id, realm_id, user_id, type, label, priority, created_at, data, key_id, sealed,
                                   last_step, last_attempt)
           select credential_id, realm_id, user_id, 'otp', $5::text,
                  (select coalesce(max(priority), 0) + 10 from credential where realm_id = $1 and user_id = $2),
                  $4, data, key_id, sealed, $6, $7
             from confirmed
           returning id`,
          [realmId, userId, loginId, this.clock.now(), label || null, step, attempt],
        );
        if (!created) return { kind: 'gone' };
        await tell({
          type: 'credential.created',
          realmId,
          subject: userId,
          data: { userId, credentialId: created.id, credentialType: 'otp' },
        });
        return { kind: 'made', credentialId: created.id };
      });
    } catch (error) {
      if (isUniqueViolation(error)) return { kind: 'label_taken' };
      throw error;
    }
  }

  /** The credential that an attempt led to. */
  async confirmedBy({ realmId, userId }: EnrolmentKey, attempt: string): Promise<string | undefined> {
    const [row] = await this.db.query<{ id: string }[]>(
      `select id from credential where realm_id = $1 and user_id = $2 and type = 'otp' and last_attempt = $3`,
      [realmId, userId, attempt],
    );
    return row?.id;
  }
}
